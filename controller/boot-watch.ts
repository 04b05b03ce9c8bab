import type { HostId } from "../schemas/mod.ts";

/** How often one start must have been heard of again behind another one: once may be a message that was late. */
const returnsToTell = 3;
/** Told again after as many, while it goes on. */
const returnsToTellAgain = 100;

interface Heard {
  newest: string;
  before?: string;
  returns: number;
}

/** Tells two daemons that speak for one host at once from one that was started again. */
export class BootWatch {
  readonly #heard = new Map<HostId, Heard>();

  /** Takes in that a start of a host's daemon was heard of. Returns whether it is time to say that there are two. */
  note(host: HostId, boot: string): boolean {
    const heard = this.#heard.get(host);
    if (heard?.newest === boot) return false;
    const isReturn = heard !== undefined && heard.before === boot;
    const returns = isReturn ? heard.returns + 1 : 0;
    this.#heard.set(host, { newest: boot, ...(heard && { before: heard.newest }), returns });
    return returns === returnsToTell || (returns > 0 && returns % returnsToTellAgain === 0);
  }

  forget(host: HostId): void {
    this.#heard.delete(host);
  }
}

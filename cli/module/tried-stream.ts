import {
  type CustomizationGuest,
  type CustomizedFlow,
  flowFlags,
  messageBytesMax,
  verdicts,
} from "../../modules/mod.ts";
import type { Problem } from "../../schemas/mod.ts";

export type Direction = "send" | "receive";

/** What a customization said of some bytes, and what they became. */
export interface Said {
  verdict: "not mine" | "customized" | "drop" | "more";
  consumed: number;
  bytes: Uint8Array;
  delayMs: number;
}

const names = ["not mine", "customized", "drop", "more"] as const;

/** Asks a customization once; bytes that are not its own are answered as they are. */
export function askGuest(
  guest: CustomizationGuest,
  direction: Direction,
  flow: CustomizedFlow,
  bytes: Uint8Array,
): Said | Problem {
  const failed = guest[direction](flow, bytes, 0, bytes.length);
  if (failed) return failed;
  const { verdict, consumed, delayMs } = guest.answer;
  const made = new Uint8Array(guest.answer.bytes);
  guest.answer.copyTo(made, 0);
  const said = { verdict: names[verdict], consumed, delayMs };
  if (verdict === verdicts.notMine) return { ...said, bytes: bytes.slice(0, consumed) };
  return { ...said, bytes: made };
}

/** One direction of a stream through one customization: what it does not decide yet waits for more. */
export class TriedStream {
  readonly #guest: CustomizationGuest;
  readonly #direction: Direction;
  readonly #flow: CustomizedFlow;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(guest: CustomizationGuest, direction: Direction, flow: CustomizedFlow) {
    this.#guest = guest;
    this.#direction = direction;
    this.#flow = flow;
  }

  /** What is said of bytes that come behind those before; `isEnd`: and no more will. Ends with a problem. */
  *push(bytes: Uint8Array, isEnd: boolean): Generator<Said | Problem> {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    this.#flow.flags = isEnd ? flowFlags.end : 0;
    while (this.#pending.length > 0) {
      const shown = this.#pending.subarray(0, messageBytesMax);
      const said = askGuest(this.#guest, this.#direction, this.#flow, shown);
      yield said;
      if ("code" in said) return;
      if (said.verdict === "more" && !isEnd) return;
      if (said.verdict === "more") {
        yield { verdict: "not mine", consumed: shown.length, bytes: shown.slice(), delayMs: 0 };
        this.#pending = this.#pending.subarray(shown.length);
      } else this.#pending = this.#pending.subarray(said.consumed);
    }
  }
}

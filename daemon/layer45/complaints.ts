import type { Log } from "../engine.ts";

/** Tells of one reason once, as long as there is no other: what fails at each packet would fill the log. */
export class Complaints {
  readonly #log: Log;
  #reason = "";

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param fields what is logged beside the text */
  tell(text: string, reason: string, fields: Record<string, unknown> = { reason }): void {
    if (reason !== this.#reason) this.#log.warn(fields, text);
    this.#reason = reason;
  }
}

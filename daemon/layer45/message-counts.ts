/** `out` is what the application sends. */
export type Direction = "out" | "in";

/** Under which names counts are reported; docs/layer45.md says what each means. */
const reportedAs = {
  messagesOut: "messages_out_total",
  messagesIn: "messages_in_total",
  bytesOut: "bytes_out_total",
  bytesIn: "bytes_in_total",
  customized: "customized_total",
  dropped: "dropped_total",
  mismatches: "mismatches_total",
  faults: "faults_total",
  refused: "refused_total",
  outgrown: "outgrown_total",
  tested: "tested_total",
  lastActiveMs: "last_active_ms",
} as const;
const names = Object.keys(reportedAs) as (keyof typeof reportedAs)[];

/** What became of the messages that a customization was shown. */
export class MessageCounts implements Record<keyof typeof reportedAs, number> {
  messagesOut = 0;
  messagesIn = 0;
  bytesOut = 0;
  bytesIn = 0;
  customized = 0;
  dropped = 0;
  mismatches = 0;
  faults = 0;
  refused = 0;
  outgrown = 0;
  tested = 0;
  lastActiveMs = 0;

  seen(direction: Direction, bytes: number): void {
    if (direction === "out") {
      this.messagesOut += 1;
      this.bytesOut += bytes;
    } else {
      this.messagesIn += 1;
      this.bytesIn += bytes;
    }
  }

  report(): Record<string, number> {
    return Object.fromEntries(names.map((name) => [reportedAs[name], this[name]]));
  }

  /** Goes on from what was reported. */
  resume(counters: Readonly<Record<string, number>>): void {
    for (const name of names) this[name] = counters[reportedAs[name]] ?? 0;
  }
}

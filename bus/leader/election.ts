import type { Lease, StoredLease } from "./lease.ts";

/** What one candidate knows. Times are of its own monotonic clock. */
export interface Knowledge {
  /** The lease as last read or written, and since when it has been seen unchanged; undefined when it has to be read. */
  seen: { stored: StoredLease | undefined; sinceMs: number } | undefined;
  /** No lower term may be used: what daemons were found to know already. */
  termMin: number;
}

export type Move =
  | { kind: "read" }
  | { kind: "write"; lease: Lease; version: string | undefined }
  /** Somebody else holds the lease. */
  | { kind: "wait" };

export interface Self {
  id: string;
  durationMs: number;
}

/**
 * What a candidate does next. A lease is free when it was given up, or was seen unchanged for its whole duration: no
 * clocks are compared, so they need not agree, only run at about the same rate.
 */
export function decide(self: Self, known: Knowledge, now: { monotonicMs: number; wallMs: number }): Move {
  if (!known.seen) return { kind: "read" };
  const { stored, sinceMs } = known.seen;
  const { id: holder, durationMs } = self;
  if (stored?.lease.holder === holder) {
    const term = Math.max(stored.lease.term, known.termMin);
    return { kind: "write", lease: { holder, term, durationMs }, version: stored.version };
  }
  const isFree =
    !stored || stored.lease.holder === "" || now.monotonicMs - sinceMs >= stored.lease.durationMs;
  if (!isFree) return { kind: "wait" };
  const term = nextTerm(stored?.lease.term ?? 0, known.termMin, now.wallMs);
  return { kind: "write", lease: { holder, term, durationMs }, version: stored?.version };
}

/** Above the last one. Seconds of the clock, where they are higher: so terms rise even when the store was lost. */
export function nextTerm(last: number, min: number, wallMs: number): number {
  return Math.max(last + 1, min, Math.floor(wallMs / 1000));
}

/** What was read, put to what was known: a version seen before goes on counting from when it was first seen. */
export function noteRead(known: Knowledge, stored: StoredLease | undefined, nowMs: number): Knowledge {
  const isSame = known.seen !== undefined && known.seen.stored?.version === stored?.version;
  return { ...known, seen: isSame ? known.seen : { stored, sinceMs: nowMs } };
}

/** What holds where a caller names no limit of its own. */
export const defaults = {
  /** Of one subscription, messages in work at once. */
  pendingMax: 1024,
  /** Of the memory bus; a NATS server's default. */
  payloadBytesMax: 1024 * 1024,
  redeliverAfterMs: 30_000,
  /** First wait before a failed job is delivered again; doubles each time. */
  retryFirstMs: 100,
  jobsMax: 100_000,
  concurrency: 1,
} as const;

/** How long a job that failed `attempt` times waits. */
export function retryAfterMs(attempt: number, redeliverAfterMs: number): number {
  return Math.min(redeliverAfterMs, defaults.retryFirstMs * 2 ** Math.min(attempt - 1, 20));
}

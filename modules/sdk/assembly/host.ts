// @ts-ignore: decorator
@external("netloom", "now_ms")
declare function hostNowMs(): f64;

// @ts-ignore: decorator
@external("netloom", "log")
declare function hostLog(text: usize, length: u32): void;

/** Milliseconds since some fixed moment; never goes backwards. */
export function nowMs(): f64 {
  return hostNowMs();
}

/** Prints a line to the log of the daemon (or of `netloom module test`). Allocates: for rules with a runtime that frees. */
export function log(text: string): void {
  const bytes = String.UTF8.encode(text);
  hostLog(changetype<usize>(bytes), bytes.byteLength);
}

import type { Holding } from "./reclaim.ts";

/** Sends Ethernet frames out of one interface from memory shared with the kernel: written in place, sent many at a time. */
export interface FrameSender {
  /** Where frames are written; empty once closed. */
  readonly bytes: Uint8Array;
  /** Longest frame that can be sent. */
  readonly frameBytesMax: number;
  /** Frames given to the kernel so far, and those that were not: no room, or the kernel took none. */
  readonly sent: number;
  readonly unsent: number;
  /**
   * Where in `bytes` the next frame is to be written, up to `frameBytesMax` bytes of it; -1 (and counted) when there is no
   * room even after a flush. The same again until it is committed.
   */
  reserve(): number;
  /** The reserved frame is written and `length` bytes long; it leaves with the next `flush`. */
  commit(length: number): void;
  /** Sends what was committed. Frames the kernel will not take (link down, say) are lost, as on a wire. */
  flush(): void;
  /** What it holds of its own that outlives the calling thread when that is ended; `close` gives it back. */
  holdings(): Holding[];
  close(): void;
}

import type { PacketRing } from "../daemon/linux/mod.ts";
import { DelayLine } from "./delay-line.ts";
import { lossOf } from "./loss.ts";
import type { LinkShape } from "./topology.ts";

/** What one direction may hold: 100 Mbit/s for two seconds and a half. */
const limits = { framesMax: 32_768, bytesMax: 32 * 2 ** 20, batchMax: 256 } as const;
const vlanTagBytes = 4;

/** Carries the frames of one link between two packet rings, and delays and loses them on the way, in each direction. */
export class RelayedLink {
  readonly #directions: Direction[];

  /** @param seed of the link; both directions lose by it, but not the same frames. */
  constructor(ends: { wire: PacketRing; relay: PacketRing }, shape: LinkShape, seed: number) {
    const { wire, relay } = ends;
    this.#directions = [
      new Direction(wire, relay, shape, seed * 2),
      new Direction(relay, wire, shape, seed * 2 + 1),
    ];
  }

  /** Takes what has come and passes on what is due; when the next frame will be due. */
  step(): number {
    return Math.min(...this.#directions.map((direction) => direction.step()));
  }
}

class Direction {
  readonly #from: PacketRing;
  readonly #to: PacketRing;
  readonly #line: DelayLine;
  readonly #lost: () => boolean;

  constructor(from: PacketRing, to: PacketRing, { delayMs = 0, lossRatio = 0 }: LinkShape, seed: number) {
    this.#from = from;
    this.#to = to;
    this.#line = new DelayLine(delayMs, limits);
    this.#lost = lossOf(lossRatio, seed);
  }

  step(): number {
    for (let taken = 0; taken < limits.batchMax && this.#from.next(); taken++) {
      // The time is that of each frame: one that came after the turn began would be held back too short otherwise.
      if (!this.#lost()) this.#line.push(frameIn(this.#from), performance.now());
      this.#from.release();
    }
    const nowMs = performance.now();
    let sent = 0;
    for (
      let frame = this.#line.shift(nowMs);
      frame && sent < limits.batchMax;
      frame = this.#line.shift(nowMs)
    ) {
      this.#to.send(frame);
      sent += 1;
    }
    if (sent > 0) this.#to.flush();
    return this.#line.dueMs;
  }
}

/** A copy of the ring's frame as it was on the wire: the kernel takes a VLAN tag off and tells it apart. */
function frameIn(ring: PacketRing): Uint8Array {
  const { bytes, start, length, vlan } = ring;
  if (vlan === 0) return bytes.slice(start, start + length);
  const frame = new Uint8Array(length + vlanTagBytes);
  frame.set(bytes.subarray(start, start + 12));
  frame.set([0x81, 0x00, vlan >> 8, vlan & 0xff], 12);
  frame.set(bytes.subarray(start + 12, start + length), 12 + vlanTagBytes);
  return frame;
}

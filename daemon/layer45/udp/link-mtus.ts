import { ProblemError } from "../../../schemas/mod.ts";
import { interfaceMtu } from "../../linux/mod.ts";

/** A packet of so many bytes or fewer fits every link that IPv6 may use (RFC 8200 §5). */
const mtuMin = 1_280;
const freshForMs = 10_000;

/** Which packets are longer than their link takes; MTUs are read now and then, for they may change. */
export class LinkMtus {
  readonly #known = new Map<number, { mtu: number; readAtMs: number }>();

  isLonger(packetLength: number, device: number, nowMs: number): boolean {
    return packetLength > mtuMin && packetLength > this.#mtuOf(device, nowMs);
  }

  #mtuOf(device: number, nowMs: number): number {
    const known = this.#known.get(device);
    if (known && nowMs < known.readAtMs + freshForMs) return known.mtu;
    const mtu = readMtu(device);
    this.#known.set(device, { mtu, readAtMs: nowMs });
    return mtu;
  }
}

/** Through a link that is gone meanwhile nothing goes in fragments. */
function readMtu(device: number): number {
  try {
    return interfaceMtu(device);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return Number.POSITIVE_INFINITY;
  }
}

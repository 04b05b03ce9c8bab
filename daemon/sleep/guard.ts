import type { Log } from "../engine.ts";
import { IngressDropper, type IngressDrops } from "../linux/mod.ts";

/** Changes are gathered for this long before they are applied. */
const gatherMs = 20;
/** Entries end by themselves after a minute. */
const renewMs = 20_000;
const busyLookMs = 20;
const retryMs = 5_000;

/**
 * Keeps the proxy's own kernel out of what the engine serves. Packets for a sleeping host come to the proxy's address, and
 * a kernel that forwards would pass them on to a host that does not answer, or tell the sender that there is none.
 * Without it (no nft) the engine works, but on a router such packets are handled twice.
 */
export class Guard {
  readonly #dropper = new IngressDropper("netloom-sleep");
  readonly #wanted: () => IngressDrops;
  readonly #log: Log;
  #dueMs = Number.POSITIVE_INFINITY;
  #inForce = false;
  #refused = "";

  /** @param wanted what is to be dropped now */
  constructor(wanted: () => IngressDrops, log: Log) {
    this.#wanted = wanted;
    this.#log = log;
  }

  /** What is wanted has changed. */
  changed(nowMs: number): void {
    this.#dueMs = Math.min(this.#dueMs, nowMs + gatherMs);
  }

  /** Applies what is due; returns when it wants to be called again. */
  turn(nowMs: number): number {
    // How nft ended is learned when Node is let breathe, which a long wait would put off.
    if (this.#dropper.busy) return nowMs + busyLookMs;
    if (nowMs < this.#dueMs) return this.#dueMs;
    const drops = this.#wanted();
    const isNeeded = drops.interfaces.length > 0 && drops.ipv4.length + drops.ipv6.length > 0;
    this.#dueMs = isNeeded ? nowMs + renewMs : Number.POSITIVE_INFINITY;
    if (!isNeeded && !this.#inForce) return this.#dueMs;
    this.#inForce = isNeeded;
    this.#dropper.apply(drops, (refusal) => this.#applied(refusal));
    return this.#dueMs;
  }

  /** Takes it off at once. */
  stop(): void {
    if (this.#inForce) this.#dropper.clear();
    this.#inForce = false;
  }

  #applied(refusal: string | undefined): void {
    if (refusal !== undefined && refusal !== this.#refused) {
      this.#log.warn({ reason: refusal }, "kernel keeps handling packets of sleeping hosts");
    }
    this.#refused = refusal ?? "";
    if (refusal !== undefined) this.#dueMs = Math.min(this.#dueMs, performance.now() + retryMs);
  }
}

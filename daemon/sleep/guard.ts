import type { Log } from "../engine.ts";
import { IngressDropper, type IngressDrops } from "../linux/mod.ts";

/** Between two changes; more than one in that time is made together. Hosts that wake are let through sooner. */
const spacingMs = { more: 200, fewer: 50 } as const;
/** Entries end by themselves after a minute. */
const renewMs = 20_000;
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
  #appliedMs = Number.NEGATIVE_INFINITY;

  /** @param wanted what is to be dropped now */
  constructor(wanted: () => IngressDrops, log: Log) {
    this.#wanted = wanted;
    this.#log = log;
  }

  /** More, or fewer, addresses are wanted than before. */
  changed(change: "more" | "fewer"): void {
    this.#dueMs = Math.min(this.#dueMs, this.#appliedMs + spacingMs[change]);
  }

  /** The kernel leaves packets of sleeping hosts alone, now and for some seconds at least. */
  get inForce(): boolean {
    return this.#inForce;
  }

  /** Applies what is due; returns when it wants to be called again. */
  turn(nowMs: number): number {
    if (nowMs < this.#dueMs) return this.#dueMs;
    const drops = this.#wanted();
    const { interfaces, ipv4, ipv6, connections4, connections6 } = drops;
    const isNeeded =
      interfaces.length > 0 && [ipv4, ipv6, connections4, connections6].some((some) => some.length > 0);
    this.#appliedMs = nowMs;
    this.#dueMs = isNeeded ? nowMs + renewMs : Number.POSITIVE_INFINITY;
    if (isNeeded) this.#apply(drops, nowMs);
    else this.stop();
    return this.#dueMs;
  }

  /** Takes it off. */
  stop(): void {
    if (this.#inForce) this.#dropper.clear();
    this.#inForce = false;
  }

  #apply(drops: IngressDrops, nowMs: number): void {
    const refusal = this.#dropper.apply(drops);
    if (refusal === undefined) this.#inForce = true;
    else this.#dueMs = nowMs + retryMs;
    if (refusal !== undefined && refusal !== this.#refused) {
      this.#log.warn({ reason: refusal }, "kernel keeps handling packets of sleeping hosts");
    }
    this.#refused = refusal ?? "";
  }
}

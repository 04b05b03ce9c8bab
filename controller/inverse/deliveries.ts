import type { HostReport } from "../../bus/mod.ts";
import { type DesiredUnit, type HostId, isInverseUnit, type UnitId } from "../../schemas/mod.ts";
import type { Placement } from "../compile/placement.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import type { ObjectRef } from "../objects.ts";
import { type Delivery, deliveryOf, missingFrom, withoutWaiting } from "./delivery.ts";
import { EndsSeen } from "./ends-seen.ts";

export interface DeliveriesOptions {
  /** The newest report of a host, whether it is there or not. */
  reportOf(host: HostId): HostReport | undefined;
  isThere(host: HostId): boolean;
  /** A customization does not wait longer than this for middleboxes. */
  waitMs: number;
  /** What ought to be on these hosts may have changed. */
  onHosts(hosts: Iterable<HostId>): void;
  /** Something that had to stay on these hosts need not any more. */
  onReleased(hosts: Iterable<HostId>): void;
}

interface Live {
  delivery: Delivery;
  /** Its ends wait until then for middleboxes. */
  untilMs: number;
  timer?: NodeJS.Timeout;
}

/**
 * Sees to it that middleboxes can read a customization before its messages are under way, and for as long as they may be: its
 * ends are installed after what reads it is seen on every middlebox, or the wait is over; what reads it leaves when no
 * host that is there has an end any more. Nothing of this is kept: it follows from what is declared and seen.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #live = new Map<ObjectRef, Live>();
  readonly #ends = new EndsSeen();
  /** The hosts on which something was to stay until no end is left. */
  readonly #kept = new Map<ObjectRef, Set<HostId>>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Takes in where the units of an object are to be now; the hosts whose units may be others for that. */
  update(object: ObjectRef, placements: readonly Placement[]): Set<HostId> {
    const before = this.#live.get(object);
    const delivery = deliveryOf(placements);
    clearTimeout(before?.timer);
    if (delivery.inverses.length === 0) this.#live.delete(object);
    else this.#live.set(object, { delivery, untilMs: performance.now() + this.#options.waitMs });
    return hostsOf(delivery, before?.delivery);
  }

  /** Something may be known of a host that was not known before. */
  noteHost(host: HostId): void {
    for (const object of this.#ends.note(host, this.#sight.reportOf(host))) this.#release(object);
    const concerned = new Set<HostId>();
    for (const { delivery, timer } of this.#live.values()) {
      // Without a timer nobody waits.
      if (!timer || !delivery.inverses.some(({ on }) => on === host)) continue;
      for (const { on } of delivery.ends) concerned.add(on);
    }
    if (concerned.size > 0) this.#options.onHosts(concerned);
  }

  /** The units of a host without ends that wait. */
  shape(host: HostId, units: readonly DesiredUnit[]): DesiredUnit[] {
    if (this.#live.size === 0) return [...units];
    return withoutWaiting(units, this.#options.reportOf(host), (unit) => this.#waits(objectRefOfUnit(unit)));
  }

  /** Whether a unit that nobody wants on the host any more has to stay: a middlebox may meet what it reads. */
  mustStay(host: HostId, unit: UnitId): boolean {
    const object = objectRefOfUnit(unit);
    if (!isInverseUnit(unit) || !this.#ends.has(object)) return false;
    const kept = this.#kept.get(object) ?? new Set();
    this.#kept.set(object, kept.add(host));
    return true;
  }

  stop(): void {
    for (const { timer } of this.#live.values()) clearTimeout(timer);
  }

  get #sight() {
    const { reportOf, isThere } = this.#options;
    return { reportOf: (host: HostId) => (isThere(host) ? reportOf(host) : undefined) };
  }

  #waits(object: ObjectRef): boolean {
    const live = this.#live.get(object);
    if (!live || missingFrom(live.delivery, this.#sight).length === 0) return false;
    const leftMs = live.untilMs - performance.now();
    if (leftMs <= 0) return false;
    live.timer ??= setTimeout(() => {
      delete live.timer;
      this.#options.onHosts(hostsOf(live.delivery));
    }, leftMs + 1).unref();
    return true;
  }

  #release(object: ObjectRef): void {
    const kept = this.#kept.get(object);
    this.#kept.delete(object);
    if (kept) this.#options.onReleased(kept);
  }
}

function hostsOf(...deliveries: readonly (Delivery | undefined)[]): Set<HostId> {
  const hosts = new Set<HostId>();
  for (const { inverses, ends } of deliveries.filter((each) => each !== undefined)) {
    for (const { on } of inverses) hosts.add(on);
    for (const { on } of ends) hosts.add(on);
  }
  return hosts;
}

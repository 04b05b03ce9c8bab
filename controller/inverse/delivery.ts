import type { HostReport } from "../../bus/mod.ts";
import { type DesiredUnit, type HostId, isInverseUnit, type UnitId } from "../../schemas/mod.ts";
import type { Placement } from "../compile/placement.ts";

/** What is seen of hosts. */
export interface DeliverySight {
  /** The newest report of a host that is there. */
  reportOf(host: HostId): HostReport | undefined;
}

/** A customization with something for middleboxes: where its ends are, and where what reads it. */
export interface Delivery {
  inverses: readonly Placement[];
  ends: readonly { on: HostId; unit: UnitId }[];
}

export function deliveryOf(placements: readonly Placement[]): Delivery {
  const isInverse = ({ desired }: Placement): boolean => isInverseUnit(desired.unit.id);
  return {
    inverses: placements.filter(isInverse),
    ends: placements
      .filter((placement) => !isInverse(placement))
      .map(({ on, desired }) => ({ on, unit: desired.unit.id })),
  };
}

/** The middleboxes that do not show yet that they could read the customization. */
export function missingFrom({ inverses }: Delivery, { reportOf }: DeliverySight): HostId[] {
  return inverses
    .filter(({ on, desired: { unit } }) => {
      const seen = reportOf(on)?.units.find(({ id }) => id === unit.id);
      return seen?.digest !== unit.digest;
    })
    .map(({ on }) => on);
}

/** The units of a host without the ends that have to wait; what the host has already stays. */
export function withoutWaiting(
  units: readonly DesiredUnit[],
  report: HostReport | undefined,
  waits: (unit: UnitId) => boolean,
): DesiredUnit[] {
  return units.filter(({ unit }) => isInverseUnit(unit.id) || !waits(unit.id) || has(report, unit.id));
}

const has = (report: HostReport | undefined, unit: UnitId): boolean =>
  report?.units.some(({ id }) => id === unit) ?? false;

import {
  canonicalJson,
  type HostId,
  hostOfSelfUnit,
  parsePrefix,
  type SleeperSpec,
  type SleepRuleSpec,
  selfUnitId,
  sleeperUnitId,
  type Unit,
  type UnitId,
  unitDigest,
} from "../schemas/mod.ts";
import { isOwn, type SubscribedRule } from "./responder/mod.ts";
import { sha256 } from "./store/checked-file.ts";
import type { StoredUnit } from "./store/unit-file.ts";

type Units = ReadonlyMap<UnitId, StoredUnit>;

/** A unit of a subscription with its module, whose digest the unit names. */
export interface SubscribedUnit {
  unit: Unit;
  module: Uint8Array;
}

/** The rules that a host subscribed, in their order, whatever subscription they are of. */
export function subscribedUnits(units: Units, host: HostId): StoredUnit[] {
  return [...units.values()]
    .filter(({ unit }) => hostOfSelfUnit(unit.id) === host)
    .sort((a, b) => numberOf(a.unit.id) - numberOf(b.unit.id));
}

/**
 * Units for a new subscription. They are numbered on from those that are there: both can be installed until the new ones
 * are on disk, and whatever happens meanwhile, one subscription or the other is there whole.
 */
export function makeSubscription(
  host: HostId,
  rules: readonly SubscribedRule[],
  present: readonly StoredUnit[],
): SubscribedUnit[] {
  const first = present.length === 0 ? 0 : numberOf(present.at(-1)!.unit.id) + 1;
  const subscription = { first, rules: rules.length };
  return rules.map(({ spec, module }, index) => {
    const artifact = { name: "program", digest: sha256(module), bytes: module.length };
    const content = {
      id: selfUnitId(host, first + index),
      engine: "sleep" as const,
      spec: { ...spec, subscription } satisfies SleepRuleSpec,
      artifacts: [artifact],
    };
    return { unit: { ...content, digest: unitDigest(content) }, module };
  });
}

/** Whether a host subscribes what it has subscribed already. */
export function isSameSubscription(present: readonly StoredUnit[], made: readonly SubscribedUnit[]): boolean {
  const content = ({ spec, artifacts }: Unit): string =>
    canonicalJson({ spec: { ...(spec as SleepRuleSpec), subscription: undefined }, artifacts });
  return (
    present.length === made.length &&
    made.every(({ unit }, index) => content(present[index]!.unit) === content(unit))
  );
}

/** Units of subscriptions that were replaced, or of which a crash left a part only. */
export function supersededUnits(units: Units): UnitId[] {
  const newest = new Map<HostId, number>();
  const complete = (unit: Unit): boolean => {
    const { first, rules } = subscriptionOf(unit);
    const host = hostOfSelfUnit(unit.id) as HostId;
    return Array.from({ length: rules }, (_, index) => selfUnitId(host, first + index)).every((id) =>
      units.has(id),
    );
  };
  const own = selfUnits(units);
  for (const { unit } of own) {
    const host = hostOfSelfUnit(unit.id) as HostId;
    const { first } = subscriptionOf(unit);
    if (first > (newest.get(host) ?? -1) && complete(unit)) newest.set(host, first);
  }
  return own
    .filter(({ unit }) => subscriptionOf(unit).first !== newest.get(hostOfSelfUnit(unit.id) as HostId))
    .map(({ unit }) => unit.id);
}

/** Units of hosts whose declaration does not allow what they subscribed (any more). */
export function unpermittedUnits(units: Units): UnitId[] {
  const byHost = new Map<HostId, StoredUnit[]>();
  for (const stored of selfUnits(units)) {
    const host = hostOfSelfUnit(stored.unit.id) as HostId;
    byHost.set(host, [...(byHost.get(host) ?? []), stored]);
  }
  // A subscription is one thing: what is left of it would answer for half of what its host meant.
  return [...byHost]
    .filter(([host, own]) => !isPermitted(own, units.get(sleeperUnitId(host))))
    .flatMap(([, own]) => own.map(({ unit }) => unit.id));
}

/** Whether a host's declaration lets it have these rules: its permission, its bounds, its addresses. */
export function isPermitted(own: readonly { unit: Unit }[], sleeper: StoredUnit | undefined): boolean {
  const spec = sleeper?.unit.spec as SleeperSpec | undefined;
  if (!spec?.selfService) return false;
  const { rulesMax, moduleBytesMax } = spec.selfService;
  return own.every(({ unit }) => {
    const { addresses } = unit.spec as SleepRuleSpec;
    return (
      subscriptionOf(unit).rules <= rulesMax &&
      unit.artifacts.every(({ bytes }) => bytes <= moduleBytesMax) &&
      addresses.map(parsePrefix).every((prefix) => prefix !== undefined && isOwn(prefix, spec))
    );
  });
}

function selfUnits(units: Units): StoredUnit[] {
  return [...units.values()].filter(({ unit }) => hostOfSelfUnit(unit.id) !== undefined);
}

/** One that is of no subscription we made counts as a part of one, and goes. */
function subscriptionOf({ spec }: Unit): { first: number; rules: number } {
  return (spec as Partial<SleepRuleSpec>).subscription ?? { first: -1, rules: 0 };
}

function numberOf(id: UnitId): number {
  return Number(id.slice(id.lastIndexOf("/") + 1));
}

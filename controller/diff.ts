import type { Command } from "../bus/mod.ts";
import {
  type DesiredUnit,
  type HostId,
  hostOfSelfUnit,
  type ObservedUnit,
  type SleepUnitSpec,
  type UnitId,
} from "../schemas/mod.ts";

type WithoutId<C> = C extends unknown ? Omit<C, "id"> : never;

/** A command before it is sent: its id is given by whoever sends it. */
export type PlannedCommand = WithoutId<Exclude<Command, { verb: "challenge" | "report" }>>;

/**
 * The commands that turn what one host has into what it ought to have, in an order that makes before it breaks: what
 * will work is installed, ordered and activated first; then what shall not work any more is switched off; last, what
 * ought to be absent is revoked. Nothing when both are equal. Units in `held` are left as they are.
 *
 * A sleeper comes before the rules that need it, and goes after them. Rules that a sleeping host subscribed by itself are
 * the host's own for as long as its declaration lets it.
 */
export function diff(
  desired: readonly DesiredUnit[],
  observed: readonly ObservedUnit[],
  held: ReadonlySet<UnitId> = new Set(),
): PlannedCommand[] {
  const phases = new Phases();
  const present = new Map(observed.map((unit) => [unit.id, unit]));
  const wanted = new Set(desired.map(({ unit }) => unit.id));
  for (const unit of [...desired].sort(byOrder)) {
    if (!held.has(unit.unit.id)) bring(unit, present.get(unit.unit.id), phases);
  }
  const serving = selfServing(desired);
  for (const { id } of observed) {
    if (wanted.has(id) || held.has(id)) continue;
    const self = hostOfSelfUnit(id);
    if (self === undefined || !serving.has(self)) phases.revoke.push({ verb: "revoke", unit: id });
  }
  return phases.inOrder();
}

class Phases {
  readonly install: PlannedCommand[] = [];
  readonly prioritize: PlannedCommand[] = [];
  readonly activate: PlannedCommand[] = [];
  readonly quiet: PlannedCommand[] = [];
  readonly installQuiet: PlannedCommand[] = [];
  readonly revoke: PlannedCommand[] = [];

  inOrder(): PlannedCommand[] {
    return [
      ...this.install,
      ...this.prioritize,
      ...this.activate,
      ...this.quiet.reverse(),
      ...this.installQuiet,
      ...this.revoke.sort((a, b) => byNeed(unitOf(b), unitOf(a)) || compare(unitOf(a), unitOf(b))),
    ];
  }
}

function bring(wanted: DesiredUnit, is: ObservedUnit | undefined, phases: Phases): void {
  const { unit, priority, state } = wanted;
  const change = { unit: unit.id, digest: unit.digest };
  if (is?.digest === unit.digest) {
    if (is.priority !== priority) phases.prioritize.push({ verb: "prioritize", ...change, priority });
    if (is.state === state) return;
  } else if (is && state === "installed" && is.state !== "installed") {
    // A replacement keeps the state of what it replaces, so the old version is switched off first: the new one must
    // not see a packet.
    phases.quiet.push({ verb: "deactivate", unit: unit.id, digest: is.digest });
    phases.installQuiet.push({ verb: "install", unit, priority });
    return;
  } else {
    phases.install.push({ verb: "install", unit, priority });
    if ((is?.state ?? "installed") === state) return;
  }
  if (state === "active") phases.activate.push({ verb: "activate", ...change });
  else phases.quiet.push({ verb: state === "installed" ? "deactivate" : "deprecate", ...change });
}

export const unitOf = (command: PlannedCommand): UnitId =>
  command.verb === "install" ? command.unit.id : command.unit;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sleepers are the units of Hosts, and the only units that others need. */
const isNeeded = (id: UnitId): boolean => id.startsWith("Host/");

/** The hosts whose declaration lets them subscribe rules of their own. */
function selfServing(desired: readonly DesiredUnit[]): Set<HostId> {
  const hosts = new Set<HostId>();
  for (const { unit } of desired) {
    if (!isNeeded(unit.id)) continue;
    const spec = unit.spec as Partial<SleepUnitSpec>;
    if (spec.type === "sleeper" && spec.host !== undefined && spec.selfService) hosts.add(spec.host);
  }
  return hosts;
}

const byNeed = (a: UnitId, b: UnitId): number => Number(isNeeded(b)) - Number(isNeeded(a));

const byOrder = (a: DesiredUnit, b: DesiredUnit): number =>
  byNeed(a.unit.id, b.unit.id) || a.priority - b.priority || compare(a.unit.id, b.unit.id);

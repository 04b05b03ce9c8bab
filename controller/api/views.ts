import { type DesiredUnit, formatProblem } from "../../schemas/mod.ts";
import type { HostView } from "../host.ts";
import { planOf } from "../plan.ts";
import type { Reconciler } from "../reconciler.ts";
import { instanceArtifact, moduleArtifact } from "../security/instance-keys.ts";
import { isReady, isStalled, type ObjectStatus } from "../status/object-status.ts";
import { unitStatuses } from "../status/unit-status.ts";
import type {
  ControllerSummary,
  HostItem,
  ObjectDetail,
  ObjectItem,
  PlanReply,
  UnitDetail,
} from "./replies.ts";

export function summary({ board, fleet, sourceStatus, term, version }: Reconciler): ControllerSummary {
  const statuses = [...board.list()];
  return {
    version,
    ...(term !== undefined && { term }),
    source: sourceStatus,
    objects: {
      total: statuses.length,
      ready: statuses.filter(isReady).length,
      stalled: statuses.filter(isStalled).length,
    },
    hosts: fleet.presence(),
  };
}

export function objectItem(status: ObjectStatus): ObjectItem {
  const [kind = "", namespace = "", name = ""] = status.object.split("/");
  return { kind, namespace, name, status };
}

export function objectItems(
  { board }: Reconciler,
  filter: { kind: string | undefined; namespace: string | undefined },
): ObjectItem[] {
  return [...board.list()]
    .map(objectItem)
    .filter(({ kind }) => filter.kind === undefined || kind === filter.kind)
    .filter(({ namespace }) => filter.namespace === undefined || namespace === filter.namespace)
    .sort((a, b) => (a.status.object < b.status.object ? -1 : 1));
}

export function objectDetail(reconciler: Reconciler, ref: string): ObjectDetail | undefined {
  const { board, desired, events } = reconciler;
  const status = board.get(ref);
  if (!status) return undefined;
  const object = desired.get(ref)?.object;
  const sleeper =
    object?.kind === "Host" && object.spec.sleep
      ? reconciler.sleepers().find(({ host }) => `Host/${host}` === ref)
      : undefined;
  return {
    ...objectItem(status),
    ...(object && { object }),
    units: unitDetails(reconciler, ref),
    ...(sleeper && { sleeper }),
    events: events.list().filter((event) => event.object === ref),
  };
}

export function unitDetails({ board, fleet, trust }: Reconciler, ref: string): UnitDetail[] {
  return board.rowsOf(ref).map(({ of, on, unit, status }): UnitDetail => {
    const check = unit === undefined ? undefined : trust.challenges.get(on, unit);
    const observed = fleet.host(on)?.report?.units.find(({ id }) => id === unit);
    return {
      host: of,
      on,
      ...(unit !== undefined && { unit }),
      state: status.state,
      ...("problem" in status && status.problem && { problem: status.problem }),
      ...(check && {
        challenge: { passed: check.passed, ...(check.lastPassed && { lastPassed: check.lastPassed }) },
      }),
      ...(observed && { life: observed.state, priority: observed.priority }),
      ...(observed?.idle && { idle: true }),
      ...(observed?.counters && { counters: observed.counters }),
      ...(observed?.met && { met: observed.met }),
    };
  });
}

export function hostItems({ fleet, times }: Reconciler, options: { withUnits: boolean }): HostItem[] {
  const now = performance.now();
  return [...fleet.hosts()]
    .map((host) =>
      hostItem(host, fleet.isThere(host.id), { now, awayAfterMs: times.awayAfterMs, ...options }),
    )
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

function hostItem(
  host: HostView,
  isThere: boolean,
  { now, awayAfterMs, withUnits }: { now: number; awayAfterMs: number; withUnits: boolean },
): HostItem {
  const { report, seenAtMs, failure, desired } = host;
  const statuses = [...unitStatuses(host, now, { awayAfterMs }).values()];
  return {
    host: host.id,
    there: isThere,
    ...(seenAtMs !== undefined && { seenAgoMs: Math.round(now - seenAtMs) }),
    ...(report && { boot: report.boot, kernel: report.capabilities.kernel }),
    engines: report?.capabilities.engines ?? [],
    units: {
      desired: desired.length,
      observed: report?.units.length ?? 0,
      ready: statuses.filter(({ state }) => state === "ready").length,
    },
    ...(failure && { problem: failure.problem }),
    ...(withUnits && { observed: report?.units ?? [], instances: desired.flatMap(instanceOf) }),
  };
}

function instanceOf({ unit }: DesiredUnit): NonNullable<HostItem["instances"]> {
  const module = unit.artifacts.find(({ name }) => name === moduleArtifact);
  const artifact = unit.artifacts.find(({ name }) => name === instanceArtifact);
  return module && artifact ? [{ unit: unit.id, module: module.digest, artifact }] : [];
}

export function plan({ fleet, desired, mustStay }: Reconciler): PlanReply {
  if (!desired.objects || !desired.mayAct) return { hosts: [] };
  return { revision: desired.objects.revision, hosts: planOf(fleet.hosts(), mustStay) };
}

/** Why the controller cannot do its work; undefined when it can. */
export function notReady({ desired, sourceStatus, isOnBus }: Reconciler): string | undefined {
  if (!isOnBus) return "the bus cannot be reached";
  if (desired.objects) return undefined;
  const [first] = sourceStatus.problems;
  return first ? formatProblem(first) : "the source was not read yet";
}

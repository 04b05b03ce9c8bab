import { canonicalJson } from "../digest.ts";
import { durationMs } from "../duration.ts";
import type { Customization, CustomizationEnd, CustomizationRotation } from "../generated/objects.ts";
import { problem } from "../problem.ts";
import { parseCron } from "./cron.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { nextCron } from "./next-cron.ts";
import { checkReference } from "./selection.ts";
import { badValue, checkDuration } from "./values.ts";

/** A rotation: what it moves through, when, and whether those it moves between are on the same hosts. */
export function* checkRotation({ metadata, spec }: CustomizationRotation, fleet: Fleet): Iterable<Fault> {
  const { namespace } = metadata;
  for (const [index, name] of spec.through.entries()) {
    const path = ["spec", "through", index];
    const unknown = checkReference("Customization", { name, namespace }, fleet);
    if (unknown !== undefined) yield fault(path, unknown);
    if (spec.through.indexOf(name) < index) yield badValue(path, `"${name}" again`, "listed once");
  }
  yield* checkSameEnds(spec.through, namespace, fleet);
  yield* checkWhen(spec, fleet);
}

function* checkWhen(spec: CustomizationRotation["spec"], fleet: Fleet): Iterable<Fault> {
  yield* checkDuration(["spec", "overlap"], spec.overlap, { minMs: 0, maxMs: 86_400_000 });
  yield* checkDuration(["spec", "jitter"], spec.jitter, { minMs: 0, maxMs: 86_400_000 });
  yield* checkDuration(["spec", "deadline"], spec.deadline, { minMs: 100, maxMs: 86_400_000 });
  const { current } = spec;
  if (current !== undefined && !spec.through.includes(current)) {
    const suggestion = fleet.suggester.suggest(current, () => spec.through);
    const data = { field: "spec.current", is: `"${current}"`, must: `one of spec.through` };
    yield fault(["spec", "current"], problem("meaning.value", data, { suggestion }));
  }
  if (spec.every !== undefined && durationMs(spec.every) <= durationMs(spec.overlap)) {
    yield badValue(["spec", "every"], spec.every, `longer than the overlap (${spec.overlap})`);
  }
  if (spec.at !== undefined) {
    const cron = parseCron(spec.at);
    if (typeof cron === "string")
      yield badValue(["spec", "at"], `"${spec.at}"`, `a cron expression of five fields: ${cron}`);
    else if (nextCron(cron, 0) === undefined)
      yield badValue(["spec", "at"], `"${spec.at}"`, "a date that there is");
  }
}

/**
 * Each role must have the same hosts and tap the same flows in every customization, or some flow would be left without its
 * partner, or without any customization.
 */
function* checkSameEnds(through: readonly string[], namespace: string, fleet: Fleet): Iterable<Fault> {
  const known = through
    .map((name, index) => ({ index, name, object: fleet.get("Customization", { name, namespace }) }))
    .filter(
      (entry): entry is { index: number; name: string; object: Customization } => entry.object !== undefined,
    );
  const [first, ...others] = known;
  if (first === undefined) return;
  const wanted = hostsByRole(first.object, fleet);
  for (const { index, name, object } of others) {
    const is = hostsByRole(object, fleet);
    const path = ["spec", "through", index];
    const both = { customization: name, other: first.name };
    if (is !== wanted) yield fault(path, problem("meaning.rotation-hosts", { ...both, is, wanted }));
    const role = is === wanted ? otherTap(first.object, object) : undefined;
    if (role !== undefined) yield fault(path, problem("meaning.rotation-taps", { ...both, role }));
  }
}

/** The first role in which two customizations tap other flows. */
function otherTap(first: Customization, second: Customization): CustomizationEnd["role"] | undefined {
  for (const { role, tap } of first.spec.ends) {
    const other = second.spec.ends.find((end) => end.role === role);
    if (other && canonicalJson(other.tap) !== canonicalJson(tap)) return role;
  }
  return undefined;
}

/** "receiver on a, b; sender on c": at most a few names a role, and their number. */
function hostsByRole({ metadata, spec }: Customization, fleet: Fleet): string {
  return spec.ends
    .map(({ role, hosts }) => {
      const names = fleet.select(hosts, metadata.namespace).map((host) => host.metadata.name);
      return `${role} on ${names.sort().join(", ") || "none"}`;
    })
    .sort()
    .join("; ");
}

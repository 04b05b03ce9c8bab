import type { Host, LabelSelector } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";

/** What hosts must have to be of use to who selects them. */
export interface Requirement {
  /** "sleep section", for the message. */
  what: string;
  has(host: Host): boolean;
}

export const daemon: Requirement = { what: "daemon (spec.daemon: true)", has: (host) => host.spec.daemon };
export const sleepSection: Requirement = {
  what: "sleep section (spec.sleep)",
  has: (host) => host.spec.sleep !== undefined,
};

/** Where a selector stands and whose it is. */
export interface SelectorPlace {
  path: FieldPath;
  namespace: string;
  requirement: Requirement;
}

/** A selector must be well formed, name hosts that exist, and select one that can be used. */
export function* checkSelector(selector: LabelSelector, place: SelectorPlace, fleet: Fleet): Iterable<Fault> {
  const { path, namespace, requirement } = place;
  yield* checkExpressions(selector, path);
  const unknown = yield* checkNames(
    selector.matchNames ?? [],
    { path: [...path, "matchNames"], namespace },
    fleet,
  );
  const hosts = fleet.select(selector, namespace);
  if (hosts.some(requirement.has) || unknown > 0 || fleet.hasBrokenHosts(namespace)) return;
  if (hosts.length > 0) {
    const names = hosts.slice(0, 5).map(({ metadata }) => metadata.name);
    yield fault(path, problem("meaning.hosts-unfit", { hosts: names, what: requirement.what }));
  } else {
    yield fault(
      path,
      problem(
        "meaning.selects-nothing",
        { namespace },
        { suggestion: nearLabel(selector, namespace, fleet) },
      ),
    );
  }
}

/** Each name must be a Host's; gives how many are not. */
export function* checkNames(
  names: readonly string[],
  place: { path: FieldPath; namespace: string },
  fleet: Fleet,
): Generator<Fault, number> {
  let unknown = 0;
  for (const [index, name] of names.entries()) {
    const found = checkReference("Host", { name, namespace: place.namespace }, fleet);
    if (found === undefined) continue;
    unknown += 1;
    yield fault([...place.path, index], found);
  }
  return unknown;
}

/** The problem of a reference to an object that does not exist, with the name that may have been meant. */
export function checkReference(
  kind: "Host" | "Customization" | "MonitoringFunction" | "Check",
  place: { name: string; namespace: string },
  fleet: Fleet,
) {
  if (fleet.declares(kind, place)) return undefined;
  const suggestion = fleet.suggester.suggest(place.name, () => fleet.names(kind, place.namespace));
  return problem("meaning.unknown-object", { kind, ...place }, { suggestion });
}

function* checkExpressions({ matchExpressions = [] }: LabelSelector, path: FieldPath): Iterable<Fault> {
  for (const [index, { operator, values = [] }] of matchExpressions.entries()) {
    const wantsValues = operator === "In" || operator === "NotIn";
    if (wantsValues === values.length > 0) continue;
    const at = [...path, "matchExpressions", index, "values"];
    const must = wantsValues ? "at least one value" : "absent";
    const is = values.length === 0 ? "empty" : `a list of ${values.length}`;
    yield fault(at, problem("meaning.value", { field: `values beside operator ${operator}`, is, must }));
  }
}

/** For a label that no host has: the nearest that one has. */
function nearLabel(selector: LabelSelector, namespace: string, fleet: Fleet): string | undefined {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (fleet.select({ matchLabels: { [key]: value } }, namespace).length > 0) continue;
    return fleet.suggester.suggest(`${key}: ${value}`, () => labelsOf(namespace, fleet));
  }
  return undefined;
}

function labelsOf(namespace: string, fleet: Fleet): Set<string> {
  const labels = new Set<string>();
  for (const { object } of fleet.ofKind("Host")) {
    if (object.metadata.namespace !== namespace) continue;
    for (const [name, text] of Object.entries(object.metadata.labels ?? {})) labels.add(`${name}: ${text}`);
  }
  return labels;
}

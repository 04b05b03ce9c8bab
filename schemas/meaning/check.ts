import type { Check, CheckText } from "../generated/objects.ts";
import type { FieldPath } from "../parse/field-path.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkNames, checkReference } from "./selection.ts";
import { badValue, checkDuration } from "./values.ts";

/** A Check of the lab: the hosts and checks it names, its expectations. */
export function* checkCheck({ metadata, spec }: Check, fleet: Fleet): Iterable<Fault> {
  const { namespace } = metadata;
  const unknown = checkReference("Host", { name: spec.host, namespace }, fleet);
  if (unknown !== undefined) yield fault(["spec", "host"], unknown);
  for (const section of ["given", "expect"] as const) {
    for (const state of ["asleep", "awake"] as const) {
      yield* checkNames(spec[section][state] ?? [], { path: ["spec", section, state], namespace }, fleet);
    }
  }
  yield* checkText(["spec", "expect", "stdout"], spec.expect.stdout);
  yield* checkText(["spec", "expect", "stderr"], spec.expect.stderr);
  yield* checkDuration(["spec", "deadline"], spec.deadline, { minMs: 10, maxMs: 3_600_000 });
  for (const [index, name] of (spec.after ?? []).entries()) {
    const missing = checkReference("Check", { name, namespace }, fleet);
    if (missing !== undefined) yield fault(["spec", "after", index], missing);
    else if (comesAfter(name, metadata.name, namespace, fleet)) {
      yield badValue(
        ["spec", "after", index],
        `"${name}"`,
        "a check that does not itself come after this one",
      );
    }
  }
}

function* checkText(path: FieldPath, text: CheckText | undefined): Iterable<Fault> {
  if (text?.matches === undefined) return;
  try {
    new RegExp(text.matches, "m");
  } catch (error) {
    yield badValue(
      [...path, "matches"],
      `"${text.matches}"`,
      `a regular expression: ${(error as Error).message}`,
    );
  }
}

/** Whether `name` waits, directly or not, for `other`. */
function comesAfter(name: string, other: string, namespace: string, fleet: Fleet): boolean {
  const seen = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === other) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(fleet.get("Check", { name: next, namespace })?.spec.after ?? []));
  }
  return false;
}

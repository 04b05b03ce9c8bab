import type { Customization } from "../generated/objects.ts";
import { isMiddleboxType, middleboxes, middleboxTypes } from "../middleboxes.ts";
import type { FieldPath } from "../parse/field-path.ts";
import { problem } from "../problem.ts";
import { checkEnds } from "./ends.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkProposals } from "./proposals.ts";
import { checkSelector, daemon } from "./selection.ts";
import { badValue, checkAddress, checkConfig, checkDuration, checkLimits } from "./values.ts";

const intervalMs = { minMs: 100, maxMs: 86_400_000 };

/** A Customization by itself, its hosts, and whether its ends are ends of the same flows. */
export function* checkCustomization(customization: Customization, fleet: Fleet): Iterable<Fault> {
  const { metadata, spec } = customization;
  const { namespace } = metadata;
  for (const [index, end] of spec.ends.entries()) {
    const path = ["spec", "ends", index];
    yield* checkSelector(end.hosts, { path: [...path, "hosts"], namespace, requirement: daemon }, fleet);
    yield* checkAddress([...path, "tap", "local", "address"], end.tap.local?.address);
    yield* checkAddress([...path, "tap", "remote", "address"], end.tap.remote?.address);
  }
  for (const [index, inverse] of (spec.inverse ?? []).entries()) {
    const path = ["spec", "inverse", index];
    const place = { path: [...path, "hosts"], namespace, requirement: daemon };
    yield* checkSelector(inverse.hosts, place, fleet);
    yield* checkMiddlebox(path, inverse, fleet);
  }
  yield* checkEnds(customization, fleet);
  yield* checkDuration(["spec", "monitor", "interval"], spec.monitor.interval, intervalMs);
  yield* checkDuration(["spec", "security", "challenge"], spec.security?.challenge, intervalMs);
  yield* checkLimits(["spec", "limits"], spec.limits);
  yield* checkConfig(["spec", "module", "config"], spec.module.config);
  yield* checkProposals(spec.proposals, namespace, fleet);
}

/** A middlebox takes files of one sort, and nobody knows where to put those of a type that is not known. */
function* checkMiddlebox(
  path: FieldPath,
  { middlebox, file }: { middlebox: string; file?: string },
  fleet: Fleet,
): Iterable<Fault> {
  if (!isMiddleboxType(middlebox)) {
    const suggestion = fleet.suggester.suggest(middlebox, () => middleboxTypes);
    const data = { middlebox, known: middleboxTypes };
    yield fault([...path, "middlebox"], problem("meaning.unknown-middlebox", data, { suggestion }));
    return;
  }
  const { ending } = middleboxes[middlebox];
  if (file !== undefined && !file.endsWith(ending)) {
    yield badValue([...path, "file"], `"${file}"`, `a file of ${middlebox}'s, which ends in ${ending}`);
  }
}

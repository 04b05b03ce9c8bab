import { Breather } from "../breather.ts";
import type { NetloomObject } from "../generated/objects.ts";
import { fieldText } from "../parse/field-path.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import { type Problem, problem } from "../problem.ts";
import { artifactsOf } from "./artifact-uses.ts";
import { Artifacts, type MeaningContext } from "./artifacts.ts";
import { checkCheck } from "./check.ts";
import { findClashes } from "./clashes.ts";
import { checkCustomization } from "./customization.ts";
import type { Fault } from "./fault.ts";
import { Fleet } from "./fleet.ts";
import { checkHost } from "./host.ts";
import { checkMonitoringFunction } from "./monitoring-function.ts";
import { checkRotation } from "./rotation.ts";
import { checkRule } from "./rule.ts";
import { Suggester } from "./suggester.ts";
import { checkTunnel } from "./tunnel.ts";

/** A repository with more than this wrong is wrong as a whole; the rest is counted, not told. */
const problemsMax = 5_000;

/**
 * What is wrong between objects that are each valid by themselves, and with the files they name. Every problem has its
 * `object`, `field` and `position`: an object without a problem is good, whatever its neighbours are. What two objects
 * cannot both have is told of both.
 */
export async function checkMeaning(
  objects: readonly ParsedObject[],
  context: MeaningContext,
): Promise<Problem[]> {
  const suggester = new Suggester();
  const fleet = new Fleet(objects, { broken: context.broken ?? new Set(), suggester });
  const artifacts = new Artifacts(context, suggester);
  const problems: Problem[] = [];
  const add = (object: ParsedObject, { path, problem: found }: Fault): boolean => {
    if (problems.length === problemsMax) problems.push(placed(object, [], tooMany()));
    if (problems.length > problemsMax) return false;
    problems.push(placed(object, path, found));
    return true;
  };
  const breather = new Breather();
  for (const parsed of objects) {
    if (breather.isDue) await breather.pause();
    for (const found of faultsOf(parsed.object, fleet)) if (!add(parsed, found)) return problems;
    for (const use of artifactsOf(parsed.object)) {
      for (const found of await artifacts.faultsOf(use)) if (!add(parsed, found)) return problems;
    }
  }
  artifacts.prune();
  for (const clash of findClashes(fleet)) {
    if (breather.isDue) await breather.pause();
    if (!add(clash.object, clash.fault)) return problems;
  }
  return problems;
}

function faultsOf(object: NetloomObject, fleet: Fleet): Iterable<Fault> {
  switch (object.kind) {
    case "Host":
      return checkHost(object, fleet);
    case "Rule":
      return checkRule(object, fleet);
    case "Tunnel":
      return checkTunnel(object, fleet);
    case "MonitoringFunction":
      return checkMonitoringFunction(object, fleet);
    case "Customization":
      return checkCustomization(object, fleet);
    case "CustomizationRotation":
      return checkRotation(object, fleet);
    case "Check":
      return checkCheck(object, fleet);
  }
}

function placed(parsed: ParsedObject, path: Fault["path"], found: Problem): Problem {
  return { ...found, object: parsed.ref, field: fieldText(path), position: parsed.position(path) };
}

function tooMany(): Problem {
  return problem("meaning.too-many", { max: problemsMax });
}

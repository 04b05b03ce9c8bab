import {
  type Artifact,
  durationMs,
  type FilterUnitSpec,
  type Host,
  objectRef,
  quantityBytes,
  type Rule,
  type SleepRuleSpec,
  wholePrefix,
} from "../../schemas/mod.ts";
import { proxyOf } from "./host.ts";
import { lifeOf, placeOnEach } from "./place.ts";
import type { CompileContext, KindCompiler, Placement, ProgramReference } from "./placement.ts";
import { hostIdOf, makeUnit } from "./unit.ts";

/** With `sleepProxy`: a unit on the proxy of each selected host that sleeps. With `netfilter`: a unit on each selected host. */
export const compileRule: KindCompiler<Rule> = (rule, context) =>
  rule.spec.sleepProxy
    ? compileSleepRule(rule, rule.spec.sleepProxy, context)
    : compileFilterRule(rule, context);

function compileSleepRule(
  rule: Rule,
  { layer, addresses, port, raw, stream, interval }: NonNullable<Rule["spec"]["sleepProxy"]>,
  context: CompileContext,
): Placement[] {
  const artifacts = [program(rule, context)];
  return context.select(rule.spec.hosts).flatMap((host) => {
    const proxy = proxyOf(host);
    if (proxy === undefined) return [];
    const spec: SleepRuleSpec = {
      type: "rule",
      host: hostIdOf(host),
      layer,
      addresses: (addresses ?? addressesOf(host)).map(asPrefix),
      ...(port !== undefined && { port }),
      raw,
      ...(stream && { stream }),
      ...(interval !== undefined && { intervalMs: durationMs(interval) }),
      ...common(rule),
    };
    const unit = makeUnit(`${objectRef(rule)}/${host.metadata.name}`, "sleep", spec, artifacts);
    return [{ on: proxy, of: hostIdOf(host), desired: { unit, ...lifeOf(rule) } }];
  });
}

function compileFilterRule(rule: Rule, context: CompileContext): Placement[] {
  const { netfilter, program: code } = rule.spec;
  if (!netfilter) return [];
  const { state, function: entry = "process_packet" } = code;
  const spec: FilterUnitSpec = {
    ...netfilter,
    function: entry,
    ...(state !== undefined && { state: `${rule.metadata.namespace}/${state}` }),
    ...common(rule),
  };
  const unit = makeUnit(objectRef(rule), "filter", spec, [program(rule, context)]);
  const desired = { unit, ...lifeOf(rule) };
  return placeOnEach(context.select(rule.spec.hosts), desired);
}

function program({ spec: { program: code } }: Rule, context: CompileContext): Artifact {
  const file = code.wasm ?? code.lua;
  const reference: ProgramReference = file === undefined ? { standard: code.standard as string } : { file };
  return context.artifact("program", reference);
}

function common({ spec }: Rule): Pick<SleepRuleSpec, "config" | "limits" | "onFault"> {
  return {
    config: spec.program.config ?? {},
    limits: { memoryBytes: quantityBytes(spec.limits.memory), timeMs: durationMs(spec.limits.time) },
    onFault: spec.onFault,
  };
}

const addressesOf = (host: Host): string[] =>
  host.spec.interfaces.flatMap(({ addresses }) =>
    addresses.map((address) => address.split("/")[0] as string),
  );

/** An address alone is the prefix that holds it and nothing else. */
const asPrefix = (address: string): string => (address.includes("/") ? address : wholePrefix(address));

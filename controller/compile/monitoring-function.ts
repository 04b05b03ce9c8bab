import {
  type Artifact,
  durationMs,
  type MonitoringFunction,
  objectRef,
  type ProbeUnitSpec,
  quantityBytes,
} from "../../schemas/mod.ts";
import { lifeOf, placeOnEach } from "./place.ts";
import type { CompileContext, KindCompiler } from "./placement.ts";
import { makeUnit } from "./unit.ts";

/** A unit on each selected host. */
export const compileMonitoringFunction: KindCompiler<MonitoringFunction> = (monitoring, context) => {
  const { probe, state, limits, parameters, hosts } = monitoring.spec;
  const spec: ProbeUnitSpec = {
    probe: {
      kind: probe.kind,
      interface: probe.interface,
      intervalMs: durationMs(probe.interval),
      flowsMax: probe.flows,
      acknowledged: probe.acknowledged,
      layout: probe.layout,
    },
    function: functionOf(monitoring),
    parameters: parameters ?? {},
    state: { keysMax: state.keysMax, expireMs: durationMs(state.expire) },
    limits: { memoryBytes: quantityBytes(limits.memory), timeMs: durationMs(limits.time) },
  };
  const unit = makeUnit(objectRef(monitoring), "probe", spec, artifactsOf(monitoring, context));
  return placeOnEach(context.select(hosts), { unit, ...lifeOf(monitoring) });
};

function functionOf({ spec }: MonitoringFunction): ProbeUnitSpec["function"] {
  const { http, javascript } = spec.function;
  if (!http) return { type: javascript === undefined ? "wasm" : "javascript" };
  return { type: "http", url: http.url, ...(http.secretRef !== undefined && { secret: http.secretRef }) };
}

function artifactsOf({ spec }: MonitoringFunction, context: CompileContext): Artifact[] {
  const file = spec.function.javascript ?? spec.function.wasm;
  return file === undefined ? [] : [context.artifact("function", { file })];
}

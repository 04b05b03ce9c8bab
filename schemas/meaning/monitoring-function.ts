import type { MonitoringFunction } from "../generated/objects.ts";
import type { Fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkSelector, daemon } from "./selection.ts";
import { badValue, checkConfig, checkDuration, checkLimits } from "./values.ts";

/** A MonitoringFunction by itself and its hosts. */
export function* checkMonitoringFunction(
  { metadata, spec }: MonitoringFunction,
  fleet: Fleet,
): Iterable<Fault> {
  const { namespace } = metadata;
  yield* checkSelector(spec.hosts, { path: ["spec", "hosts"], namespace, requirement: daemon }, fleet);
  yield* checkDuration(["spec", "probe", "interval"], spec.probe.interval, { minMs: 10, maxMs: 3_600_000 });
  yield* checkDuration(["spec", "state", "expire"], spec.state.expire);
  yield* checkLimits(["spec", "limits"], spec.limits);
  yield* checkConfig(["spec", "parameters"], spec.parameters);
  const url = spec.function.http?.url;
  if (url !== undefined && !URL.canParse(url)) {
    yield badValue(["spec", "function", "http", "url"], `"${url}"`, "an absolute URL");
  }
}

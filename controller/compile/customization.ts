import {
  type Customization,
  durationMs,
  type Layer45UnitSpec,
  objectRef,
  quantityBytes,
} from "../../schemas/mod.ts";
import { lifeOf, placeOnEach } from "./place.ts";
import type { CompileContext, KindCompiler, Placement } from "./placement.ts";
import { makeUnit } from "./unit.ts";

/** A unit on each host of each end. */
export const compileCustomization: KindCompiler<Customization> = (customization, context) =>
  customization.spec.ends.flatMap((end) => compileEnd(customization, end, context));

function compileEnd(
  customization: Customization,
  { role, tap, hosts }: Customization["spec"]["ends"][number],
  context: CompileContext,
): Placement[] {
  const { module, attach, monitor, security, limits, onFault } = customization.spec;
  const spec: Layer45UnitSpec = {
    role,
    tap: {
      protocol: tap.protocol,
      application: tap.application ?? {},
      local: tap.local ?? {},
      remote: tap.remote ?? {},
    },
    attach,
    config: module.config ?? {},
    monitorIntervalMs: durationMs(monitor.interval),
    ...(security && { challengeIntervalMs: durationMs(security.challenge) }),
    limits: { memoryBytes: quantityBytes(limits.memory), timeMs: durationMs(limits.time) },
    onFault,
  };
  const reference =
    module.wasm === undefined ? { standard: module.standard as string } : { file: module.wasm };
  const unit = makeUnit(`${objectRef(customization)}/${role}`, "layer45", spec, [
    context.artifact("module", reference),
  ]);
  return placeOnEach(context.select(hosts), { unit, ...lifeOf(customization) });
}

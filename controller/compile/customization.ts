import {
  type Customization,
  type DesiredUnit,
  durationMs,
  type InverseUnitSpec,
  inverseUnitId,
  type Layer45UnitSpec,
  type MiddleboxType,
  objectRef,
  quantityBytes,
  standardPlugin,
} from "../../schemas/mod.ts";
import { moduleArtifact } from "../security/instance-keys.ts";
import { lifeOf as lifeOfMost, placeOnEach } from "./place.ts";
import type { CompileContext, KindCompiler, Placement } from "./placement.ts";
import { hostIdOf, makeUnit } from "./unit.ts";

/** A unit on each host of each end, and one on each host with a middlebox that is to read the customization. */
export const compileCustomization: KindCompiler<Customization> = (customization, context) => [
  ...customization.spec.ends.flatMap((end) => compileEnd(customization, end, context)),
  ...(customization.spec.inverse ?? []).flatMap((inverse, index) =>
    compileInverse(customization, { ...inverse, index }, context),
  ),
];

function lifeOf(customization: Customization): Omit<DesiredUnit, "unit"> {
  const life = lifeOfMost(customization);
  return customization.spec.deprecated ? { ...life, state: "deprecated" } : life;
}

type Inverse = NonNullable<Customization["spec"]["inverse"]>[number];

/** There for as long as the customization is, active or not: it changes nothing, and the customization may be active any time. */
function compileInverse(
  customization: Customization,
  { index, middlebox, hosts, file, standard = "" }: Inverse & { index: number },
  context: CompileContext,
): Placement[] {
  const spec: InverseUnitSpec = { role: "inverse", middlebox: middlebox as MiddleboxType };
  const plugin = file === undefined ? { standard: standardPlugin(middlebox, standard) } : { file };
  const id = inverseUnitId(objectRef(customization), middlebox, index);
  const unit = makeUnit(id, "inverse", spec, [context.artifact("plugin", plugin)]);
  return placeOnEach(context.select(hosts), { unit, priority: customization.spec.priority, state: "active" });
}

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
  const id = `${objectRef(customization)}/${role}`;
  const program = context.artifact(moduleArtifact, reference);
  if (!security) {
    const unit = makeUnit(id, "layer45", spec, [program]);
    return placeOnEach(context.select(hosts), { unit, ...lifeOf(customization) });
  }
  // What is challenged has a key of its own on every host.
  return context.select(hosts).flatMap((host) => {
    const instance = context.instance({ host: hostIdOf(host), unit: id, module: program.digest });
    const unit = makeUnit(id, "layer45", spec, [program, instance]);
    return placeOnEach([host], { unit, ...lifeOf(customization) });
  });
}

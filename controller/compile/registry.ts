import type { NetloomObject } from "../../schemas/mod.ts";
import { compileCustomization } from "./customization.ts";
import { compileHost } from "./host.ts";
import { compileMonitoringFunction } from "./monitoring-function.ts";
import type { CompileContext, KindCompiler, Placement } from "./placement.ts";
import { compileRule } from "./rule.ts";
import { compileTunnel } from "./tunnel.ts";

type Kind = NetloomObject["kind"];
type OfKind<K extends Kind> = Extract<NetloomObject, { kind: K }>;

/** A line a kind. A rotation moves Customizations (`rotation/`); a check is read by the lab alone. */
const compilers: { [K in Kind]: KindCompiler<OfKind<K>> } = {
  Host: compileHost,
  Rule: compileRule,
  Tunnel: compileTunnel,
  MonitoringFunction: compileMonitoringFunction,
  Customization: compileCustomization,
  CustomizationRotation: () => [],
  Check: () => [],
};

/** The units of one object. */
export function compileObject(object: NetloomObject, context: CompileContext): Placement[] {
  return (compilers[object.kind] as KindCompiler<NetloomObject>)(object, context);
}

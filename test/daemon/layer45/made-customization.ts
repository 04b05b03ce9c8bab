import type { Station } from "../../../daemon/layer45/customization.ts";
import { Customization } from "../../../daemon/layer45/customization.ts";
import { Flow } from "../../../daemon/layer45/flow.ts";
import { encodeFlowContext } from "../../../modules/mod.ts";
import type { Layer45UnitSpec } from "../../../schemas/mod.ts";

export interface MadeOptions extends Partial<Omit<Layer45UnitSpec, "tap">> {
  tap?: Partial<Layer45UnitSpec["tap"]>;
  id?: string;
  priority?: number;
  state?: Customization["state"];
  stopped?: (customization: Customization) => void;
}

/** A customization as the engine has it, without an engine around it; active unless told otherwise. */
export function madeCustomization(module: Uint8Array, options: MadeOptions = {}): Customization {
  const { tap, id = "one", priority = 100, state = "active", stopped = () => undefined, ...more } = options;
  const spec: Layer45UnitSpec = {
    role: "sender",
    attach: "immediate",
    config: {},
    monitorIntervalMs: 1_000,
    limits: { memoryBytes: 1 << 20, timeMs: 50 },
    onFault: "accept",
    ...more,
    tap: { protocol: "UDP", application: {}, local: {}, remote: {}, ...tap },
  };
  const artifacts = [{ name: "module", digest: "0".repeat(64), bytes: module.length }];
  const unit = { id, engine: "layer45" as const, digest: "0".repeat(64), spec, artifacts };
  const made = new Customization(
    { unit, priority, artifacts: new Map([["module", module]]) },
    {
      gate: { enter: () => undefined, leave: () => undefined },
      services: { nowMs: () => 0, log: () => undefined },
      instance: () => undefined,
      older: new Set(),
      stopped,
    },
  );
  made.state = state;
  return made;
}

const owner = { cookie: 1n, inode: 2, process: 7, task: "isc-net-0000", group: "dig", otherTasks: [] };

/** The customization on a flow of its own. */
export function stationOf(customization: Customization, flow = new Flow(1, owner)): Station {
  const attachment = flow.attach(customization, { isLate: false, nowMs: 0 });
  const context = encodeFlowContext({
    ...{ protocol: "UDP", role: "sender", ...owner },
    local: { address: Uint8Array.of(10, 0, 0, 1), port: 40_000 },
    remote: { address: Uint8Array.of(10, 0, 0, 3), port: 53 },
  });
  return { attachment, view: { number: flow.number, context, flags: 0 } };
}

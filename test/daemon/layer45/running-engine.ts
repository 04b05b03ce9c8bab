import { createHash } from "node:crypto";
import type { Engine, Log } from "../../../daemon/engine.ts";
import { layer45Engine } from "../../../daemon/layer45/mod.ts";
import {
  fail,
  type Layer45UnitSpec,
  type ObservedUnit,
  type Unit,
  type UnitState,
  unitDigest,
} from "../../../schemas/mod.ts";
import { until } from "../sleep/until.ts";

const drop = (): void => undefined;

export interface UnitOptions extends Partial<Omit<Layer45UnitSpec, "tap">> {
  name?: string;
  tap?: Partial<Layer45UnitSpec["tap"]>;
  priority?: number;
  state?: UnitState;
}

/** The engine as a daemon runs it, in this process's network namespace. */
export class RunningEngine {
  readonly engine: Engine = layer45Engine();
  /** What it logged as warnings and errors. */
  readonly complaints: string[] = [];

  async start(): Promise<this> {
    const complain = (fields: unknown, text: string) =>
      this.complaints.push(`${text} ${JSON.stringify(fields)}`);
    const log: Log = { debug: drop, info: drop, warn: complain, error: complain };
    await this.engine.start({
      changed: drop,
      powered: drop,
      log,
      artifact: async (digest) => fail("artifact.missing", { digest }),
      secret: async (name) => fail("secret.missing", { name, reason: "absent" }),
    });
    return this;
  }

  /** Installs a customization and puts it in its state, by default active; answers its id. */
  async install(module: Uint8Array, options: UnitOptions = {}): Promise<string> {
    const { unit, priority, state } = unitOf(module, options);
    await this.engine.install({ unit, priority, artifacts: new Map([["module", module]]) });
    if (state !== "installed") await this.engine.setState(unit.id, state);
    return unit.id;
  }

  /** Takes everything off again, so that one engine serves a whole file of tests. */
  async revokeAll(): Promise<void> {
    for (const { id } of this.engine.observe()) await this.engine.revoke(id);
    this.complaints.length = 0;
  }

  seen(id: string): ObservedUnit | undefined {
    return this.engine.observe().find((unit) => unit.id === id);
  }

  async fresh(id: string): Promise<ObservedUnit> {
    await this.engine.refresh?.();
    const seen = this.seen(id);
    if (!seen) throw new Error(`${id} is not there`);
    return seen;
  }

  async counter(id: string, name: string): Promise<number> {
    return (await this.fresh(id)).counters?.[name] ?? Number.NaN;
  }

  untilCounter(id: string, name: string, wanted: (value: number) => boolean): Promise<void> {
    return until(`${id} ${name}`, async () => wanted(await this.counter(id, name)));
  }
}

function unitOf(module: Uint8Array, options: UnitOptions) {
  const { name = "tag", tap, priority = 100, state = "active", ...others } = options;
  const spec: Layer45UnitSpec = {
    role: "sender",
    attach: "immediate",
    config: {},
    monitorIntervalMs: 1_000,
    limits: { memoryBytes: 1 << 20, timeMs: 50 },
    onFault: "accept",
    ...others,
    tap: { protocol: "UDP", application: {}, local: {}, remote: {}, ...tap },
  };
  const digest = createHash("sha256").update(module).digest("hex");
  const content: Omit<Unit, "digest"> = {
    id: `Customization/default/${name}/${spec.role}`,
    engine: "layer45",
    spec,
    artifacts: [{ name: "module", digest, bytes: module.length }],
  };
  return { unit: { ...content, digest: unitDigest(content) }, priority, state };
}

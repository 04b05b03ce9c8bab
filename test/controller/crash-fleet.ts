import { type MemoryBus, memoryBus } from "../../bus/mod.ts";
import { applyDifference, decodeRecord } from "../../controller/record/record-codec.ts";
import type { SleepRuleSpec, UnitId } from "../../schemas/mod.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fleetYaml } from "./fixtures.ts";
import { GitRepository, temporaryFolder } from "./git-repository.ts";
import { KillableController } from "./killable-controller.ts";
import { until } from "./until.ts";

export const sleeper = "Host/default/nas";
export const rule = "Rule/default/ping/nas";
export const extra = "Rule/default/extra/nas";
const base = fleetYaml(["nas"]);

/** The rule's file at version `value`. */
export const ruleAt = (name: string, value: number): string =>
  base["rules.yaml"]!.replace("name: ping", `name: ${name}`)
    .replace("}\n  sleepProxy", `}\n  priority: 7\n  sleepProxy`)
    .replace("{standard: icmp-echo}", `{standard: icmp-echo, config: {value: ${value}}}`);

/** A git repository, a bus, a daemon, and controllers that come and go. */
export class CrashFleet {
  readonly repository = new GitRepository();
  readonly bus: MemoryBus = memoryBus();
  readonly daemon: FakeDaemon;
  readonly folder = temporaryFolder();
  /** What a host's users would have noticed. */
  readonly faults: string[] = [];
  /** Units that must never be away or inactive any more. */
  readonly steady = new Set<UnitId>();
  controllers: KillableController[] = [];
  #term = 0;
  #recorded: { revision: number; values: Record<string, number> } = { revision: 0, values: {} };

  constructor() {
    this.daemon = new FakeDaemon(this.bus.join(), "default/gw", { after: () => this.#inspect() });
    this.repository.commit({ ...base, "rules.yaml": ruleAt("ping", 0) });
  }

  start(folder = this.folder): KillableController {
    const location = `${this.repository.path}#main`;
    const controller = new KillableController(this.bus, { location, folder, term: ++this.#term });
    this.controllers.push(controller);
    return controller;
  }

  /** The version of each rule that the host was given last, by unit; of those it has. */
  versions(): Record<UnitId, number> {
    const found: Record<UnitId, number> = {};
    for (const { id, state } of this.daemon.model.list()) {
      if (state !== "active") continue;
      const installs = this.daemon.commands.filter((one) => one.verb === "install" && one.unit.id === id);
      const last = installs.at(-1);
      if (last?.verb !== "install" || id === sleeper) continue;
      found[id] = ((last.unit.spec as SleepRuleSpec).config as { value: number }).value;
    }
    return found;
  }

  /** The version of each rule that the record has in force, by unit; what is read is that of a moment ago. */
  recorded(): Record<string, number> {
    void this.#readRecord();
    return this.#recorded.values;
  }

  /** Resolves when a controller has taken in what the daemon reports. */
  async heard(): Promise<void> {
    const report = () =>
      this.daemon
        .report()
        .then(() => (isHeard = true))
        .catch(() => undefined);
    let isHeard = false;
    await until("the daemon is heard", () => {
      if (!isHeard) void report();
      return isHeard;
    });
  }

  /** A first controller, with the fleet as the first commit wants it; from then on all of it must stay. */
  async converged(): Promise<KillableController> {
    const controller = this.start();
    await this.heard();
    const wanted = { [rule]: 0 };
    await until("converged", () => same(this.versions(), wanted) && same(this.recorded(), wanted));
    this.steady.add(sleeper).add(rule);
    return controller;
  }

  async end(): Promise<void> {
    for (const controller of this.controllers) await controller.kill();
    this.daemon.stop();
    await this.bus.close();
  }

  async #readRecord(): Promise<void> {
    const entry = await (await this.bus.bucket("record")).get("last-good");
    if (!entry || entry.revision === this.#recorded.revision) return;
    const { digest, difference } = JSON.parse(new TextDecoder().decode(entry.value)) as {
      digest: string;
      difference?: string;
    };
    const base = await decodeRecord(await this.bus.blobs.get(digest, { timeoutMs: 1_000 }));
    const record = difference ? await applyDifference(base, Buffer.from(difference, "base64")) : base;
    const values: Record<string, number> = {};
    for (const [ref, { inForce }] of record.objects) {
      const { object } = inForce;
      if (object.kind === "Rule")
        values[`${ref}/nas`] = (object.spec.program.config as { value: number }).value;
    }
    this.#recorded = { revision: entry.revision, values };
  }

  #inspect(): void {
    for (const id of this.steady) {
      const unit = this.daemon.model.units.get(id);
      if (unit?.state !== "active") this.faults.push(`${id} is ${unit?.state ?? "away"}`);
    }
  }
}

export const same = (one: object, other: object): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

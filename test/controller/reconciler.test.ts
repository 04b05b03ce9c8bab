import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type MemoryBus, memoryBus } from "../../bus/mod.ts";
import { Reconciler } from "../../controller/reconciler.ts";
import { isReady } from "../../controller/status/object-status.ts";
import { FakeDaemon, type FakeDaemonOptions } from "./fake-daemon.ts";
import { FakeSource } from "./fake-source.ts";
import { FakeLeadership, fleetYaml, modules, silent } from "./fixtures.ts";
import { until } from "./until.ts";

const times = {
  commandTimeoutMs: 300,
  reportTimeoutMs: 300,
  backoffFirstMs: 10,
  backoffMaxMs: 100,
  awayAfterMs: 600,
};

interface World {
  bus: MemoryBus;
  source: FakeSource;
  running: { stop(): unknown }[];
  leadership: FakeLeadership;
  start(options?: {
    times?: Partial<typeof times>;
    allowEmpty?: boolean;
    bus?: MemoryBus;
  }): Promise<Reconciler>;
  daemon(options?: FakeDaemonOptions): FakeDaemon;
}

const test = suite<World>("the reconciler");

test.before.each((world) => {
  world.running = [];
  world.bus = memoryBus();
  world.source = new FakeSource(fleetYaml(["nas"]));
  world.leadership = new FakeLeadership(1);
  world.start = async (options = {}) => {
    const reconciler = await Reconciler.start({
      source: world.source,
      bus: options.bus ?? world.bus.join(),
      leadership: world.leadership,
      modules,
      log: silent,
      times: { ...times, ...options.times },
      allowEmpty: options.allowEmpty ?? false,
    });
    world.running.push(reconciler);
    return reconciler;
  };
  world.daemon = (options = {}) => {
    const daemon = new FakeDaemon(world.bus.join(), "default/gw", options);
    world.running.push(daemon);
    return daemon;
  };
});

test.after.each(async (world) => {
  for (const each of world.running.reverse()) await each.stop();
  await world.bus.close();
});

const unitsOf = (daemon: FakeDaemon): string[] =>
  daemon.model
    .list()
    .map(({ id, state }) => `${id} ${state}`)
    .sort();
const bothActive = ["Host/default/nas active", "Rule/default/ping/nas active"];
const isConverged = (reconciler: Reconciler): boolean =>
  [...reconciler.board.list()].length === 3 && [...reconciler.board.list()].every(isReady);

test("objects of a source become units on a daemon, and their statuses become ready", async ({
  start,
  daemon,
}) => {
  const gw = daemon();
  const reconciler = await start();
  await gw.report();
  await until("ready", () => isConverged(reconciler));
  assert.equal(unitsOf(gw), bothActive);
  assert.equal(
    gw.commands.map(({ verb }) => verb),
    ["install", "install", "activate", "activate"],
  );
  assert.equal(reconciler.board.get("Rule/default/ping")?.hosts, { desired: 1, ready: 1 });
});

test.run();

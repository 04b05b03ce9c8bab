import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CommandBatch } from "../../bus/mod.ts";
import { isReady, isStalled, type RunningController } from "../../controller/mod.ts";
import { hostsInFlightMax } from "../../controller/times.ts";
import { type DesiredUnit, type ObservedUnit, problem } from "../../schemas/mod.ts";
import type { FakeDaemon } from "./fake-daemon.ts";
import { FakeSource } from "./fake-source.ts";
import { FakeLeadership, fleetYaml } from "./fixtures.ts";
import { until } from "./until.ts";
import { type StartOptions, World } from "./world.ts";

const test = suite<{ world: World }>("the reconciler");
test.before.each((context) => {
  context.world = new World();
});
test.after.each(({ world }) => world.end());

const ping = "Rule/default/ping";
const pingUnit = "Rule/default/ping/nas";
const bothActive = ["Host/default/nas active", "Rule/default/ping/nas active"];
const unitsOf = (daemon: FakeDaemon): string[] =>
  daemon.model
    .list()
    .map(({ id, state }) => `${id} ${state}`)
    .sort();
const verbsOf = (daemon: FakeDaemon): string[] => daemon.commands.map(({ verb }) => verb);
const statusesOf = ({ reconciler }: RunningController) => [...reconciler.board.list()];
const isAllReady = (controller: RunningController): boolean =>
  statusesOf(controller).length >= 3 && statusesOf(controller).every(isReady);
const conditionOf = ({ reconciler }: RunningController, object: string, type: string) =>
  reconciler.board.get(object)?.conditions.find((condition) => condition.type === type);
const reasonsOf = ({ reconciler }: RunningController, object: string): string[] =>
  reconciler.events
    .list()
    .filter((event) => event.object === object)
    .map(({ reason }) => reason);

async function converged(world: World, daemon = world.daemon(), options: StartOptions = {}) {
  const controller = await world.controller(options);
  await daemon.report();
  await until("all is ready", () => isAllReady(controller));
  return { controller, daemon };
}

/** Has the controller look at everything once more, and waits until nothing is under way. */
async function settle({ reconciler }: RunningController): Promise<void> {
  await reconciler.reconcile();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("objects of a source become units on a daemon, and their statuses become ready", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  assert.equal(unitsOf(daemon), bothActive);
  assert.equal(verbsOf(daemon), ["install", "install", "activate", "activate"]);
  assert.equal(controller.reconciler.board.get(ping)?.hosts, { desired: 1, ready: 1 });
});

test("a controller that starts on a fleet that is right sends nothing", async ({ world }) => {
  const first = await converged(world);
  await first.controller.stop();
  const sent = first.daemon.commands.length;
  const second = await world.controller();
  await until("all is ready", () => isAllReady(second));
  await settle(second);
  assert.is(second.reconciler.term, 2, "it leads");
  assert.is(first.daemon.commands.length, sent);
});

test("a changed object touches its own units alone", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  const before = daemon.commands.length;
  world.source.commit(fleetYaml(["nas"], { active: false }));
  await until("off", () => daemon.model.units.get(pingUnit)?.state === "installed");
  await until("ready again", () => isAllReady(controller));
  assert.equal(
    daemon.commands.slice(before).map((command) => [command.verb, "unit" in command && command.unit]),
    [["deactivate", pingUnit]],
  );
});

test("what somebody changed behind the daemon's back is put right, and said", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  const stranger: ObservedUnit = {
    id: "Tunnel/default/strange",
    engine: "tunnel",
    digest: "0".repeat(64),
    priority: 1,
    state: "active",
  };
  const right = daemon.model.list();
  daemon.model.units.get(pingUnit)!.state = "deprecated";
  daemon.model.units.get("Host/default/nas")!.priority = 77;
  daemon.model.units.set(stranger.id, stranger);
  await daemon.report();
  await until("put right", () => JSON.stringify(daemon.model.list()) === JSON.stringify(right));
  assert.ok(reasonsOf(controller, ping).includes("DriftCorrected"));
  assert.ok(reasonsOf(controller, stranger.id).includes("DriftCorrected"));
});

test("units of objects and hosts that left the source are revoked, and their statuses go", async ({
  world,
}) => {
  world.source.commit(fleetYaml(["nas", "nas2"]));
  const { controller, daemon } = await converged(world);
  world.source.commit(fleetYaml(["nas"]));
  await until("revoked", () => daemon.model.units.size === 2);
  assert.equal(unitsOf(daemon), bothActive);
  await until("forgotten", () => controller.reconciler.board.get("Host/default/nas2") === undefined);
});

test("a daemon that is on a host nobody declares is emptied", async ({ world }) => {
  const unit: ObservedUnit = {
    id: "Tunnel/default/t",
    engine: "tunnel",
    digest: "1".repeat(64),
    priority: 1,
    state: "active",
  };
  const old = world.daemon({ host: "default/old", units: [unit] });
  await converged(world);
  await old.report();
  await until("emptied", () => old.model.units.size === 0);
});

test("a lost reply costs a retry, and nothing happens twice", async ({ world }) => {
  let lost = 0;
  const daemon = world.daemon({
    after: () => {
      lost += 1;
      if (lost === 1) throw new Error("the reply is lost");
    },
  });
  // Not before the report is there, on however busy a machine.
  const times = { backoffFirstMs: 2_000, backoffMaxMs: 2_000 };
  const { controller } = await converged(world, daemon, { times });
  assert.equal(unitsOf(daemon), bothActive);
  assert.is(verbsOf(daemon).filter((verb) => verb === "install").length, 2, "the report told what was done");
  assert.ok(isAllReady(controller));
});

test("what a daemon refuses for good is not sent again, until its version changes", async ({ world }) => {
  const refuse = { ping: true };
  const daemon = world.daemon({
    refuse: (command) =>
      refuse.ping && command.verb === "install" && command.unit.id === pingUnit
        ? problem("unit.invalid", { unit: pingUnit, reason: "it is refused" })
        : undefined,
  });
  const controller = await world.controller();
  await daemon.report();
  await until("refused", () => conditionOf(controller, ping, "Stalled")?.reason === "Refused");
  assert.match(
    conditionOf(controller, ping, "Stalled")?.message ?? "",
    /default\/gw: Cannot install .*: it is refused/,
  );
  assert.ok(isReady(controller.reconciler.board.get("Host/default/nas")!), "others go on");
  const sent = daemon.commands.length;
  await daemon.report();
  await settle(controller);
  assert.is(daemon.commands.length, sent, "it is not asked again");
  refuse.ping = false;
  const files = fleetYaml(["nas"]);
  world.source.commit({ ...files, "rules.yaml": (files["rules.yaml"] ?? "").replace("ICMP", "UDP") });
  await until("all is ready", () => isAllReady(controller));
});

test("what a daemon refused for good is tried again after the daemon has started anew", async ({ world }) => {
  const refusing = world.daemon({ refuse: () => problem("unit.invalid", { unit: "any", reason: "no" }) });
  const controller = await world.controller();
  await refusing.report();
  await until("refused", () => conditionOf(controller, ping, "Stalled")?.status === "True");
  refusing.stop();
  const started = world.daemon({ boot: "boot-2" });
  await started.report();
  await until("all is ready", () => isAllReady(controller));
  assert.equal(unitsOf(started), bothActive);
});

test("what may go better later is tried again, later and later", async ({ world }) => {
  let left = 3;
  const daemon = world.daemon({
    refuse: (command) => {
      if (command.verb !== "install" || left === 0) return undefined;
      left -= 1;
      return problem("bus.unavailable", { reason: "for now" });
    },
  });
  const { controller } = await converged(world, daemon);
  assert.is(left, 0);
  assert.ok(reasonsOf(controller, ping).includes("CommandRefused"));
});

test("a host that is away is waited for, stalls after the deadline, and is served when it is back", async ({
  world,
}) => {
  const controller = await world.controller({ times: { progressDeadlineMs: 300 } });
  await until("waiting", () => conditionOf(controller, ping, "Reconciling")?.reason === "HostAway");
  assert.match(conditionOf(controller, ping, "Reconciling")?.message ?? "", /default\/gw sends no heartbeat/);
  await until("stalled", () => conditionOf(controller, ping, "Stalled")?.reason === "HostAway");
  const daemon = world.daemon();
  await daemon.report();
  await until("all is ready", () => isAllReady(controller));
});

test("what failed before a host was away does not keep it waiting once it is back", async ({ world }) => {
  const hourMs = 3_600_000;
  const { reconciler } = await world.controller({ times: { backoffFirstMs: hourMs, backoffMaxMs: hourMs } });
  const failing = world.daemon({ refuse: () => problem("bus.unavailable", { reason: "for now" }) });
  await failing.report();
  await until("a failure", () => reconciler.fleet.host("default/gw")?.failure !== undefined);
  failing.stop();
  await until("away", () => !reconciler.fleet.isThere("default/gw"));
  const back = world.daemon();
  await back.report();
  await until("all is ready", () => [...reconciler.board.list()].every(isReady));
});

test("two daemons under one name are told of", async ({ world }) => {
  const { reconciler } = await world.controller();
  world.daemon({ boot: "one", heartbeatMs: 20 });
  world.daemon({ boot: "two", heartbeatMs: 20 });
  await until("a warning", () =>
    reconciler.events
      .list()
      .some(({ reason, object }) => reason === "TwoDaemons" && object === "Host/default/gw"),
  );
});

test("a host that falls silent is noticed, and its objects are not ready any more", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  daemon.stop();
  await until("away", () => conditionOf(controller, ping, "Ready")?.reason === "HostAway");
  assert.is(conditionOf(controller, "Host/default/gw", "Ready")?.reason, "HostAway");
  assert.ok(
    isReady(controller.reconciler.board.get("Host/default/nas")!) === false,
    "its sleeper is on that host",
  );
});

test("an empty source takes nothing away and says why, unless that was allowed", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  world.source.commit({ "README.md": "nothing here" });
  await until("said", () => isStalled(controller.reconciler.sourceStatus));
  assert.match(
    controller.reconciler.sourceStatus.problems[0]?.message ?? "",
    /no valid object.*--allow-empty/,
  );
  await settle(controller);
  assert.equal(unitsOf(daemon), bothActive);
  await controller.stop();
  await world.controller({ allowEmpty: true });
  await until("emptied", () => daemon.model.units.size === 0);
});

test("a source that is empty from the start takes nothing away from hosts that report later", async ({
  world,
}) => {
  const unit: ObservedUnit = {
    id: pingUnit,
    engine: "sleep",
    digest: "1".repeat(64),
    priority: 1,
    state: "active",
  };
  world.source.commit({ "README.md": "nothing here yet" });
  const controller = await world.controller();
  const daemon = world.daemon({ units: [unit] });
  await daemon.report();
  await until("known", () => controller.reconciler.fleet.host("default/gw")?.report !== undefined);
  await settle(controller);
  assert.equal(daemon.commands, []);
  world.source.commit(fleetYaml(["nas"]));
  await until("all is ready", () => isAllReady(controller));
});

test("a source that was never read takes nothing away", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  await controller.stop();
  const source = new FakeSource();
  source.problems = [problem("bus.unavailable", { reason: "no network" })];
  const bus = world.bus.join();
  for (const key of await (await bus.bucket("record")).keys()) await (await bus.bucket("record")).delete(key);
  const second = await world.controller({ source });
  await daemon.report();
  await settle(second);
  assert.equal(unitsOf(daemon), bothActive);
  assert.ok(isStalled(second.reconciler.sourceStatus));
});

test("while an object's newest version is invalid, the one before stays in force", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  const files = fleetYaml(["nas", "nas2"]);
  const before = daemon.commands.length;
  world.source.commit({ ...files, "rules.yaml": (files["rules.yaml"] ?? "").replace("ICMP", "NOPE") });
  await until("invalid", () => conditionOf(controller, ping, "Stalled")?.reason === "Invalid");
  await until("other objects go on", () => daemon.model.units.size === 4);
  assert.is(daemon.model.units.get(pingUnit)?.state, "active");
  assert.not(daemon.commands.slice(before).some((command) => "unit" in command && command.unit === pingUnit));
  world.source.commit(files);
  await until("all is ready", () => isAllReady(controller));
});

test("programs are in the blob store before the install that needs them is sent", async ({ world }) => {
  const bus = world.bus.join();
  const missing: string[] = [];
  const daemon = world.daemon({
    before: async ({ commands }: CommandBatch) => {
      for (const command of commands) {
        const artifacts = command.verb === "install" ? command.unit.artifacts : [];
        for (const { digest } of artifacts) if (!(await bus.blobs.has(digest))) missing.push(digest);
      }
    },
  });
  await converged(world, daemon);
  assert.equal(missing, []);
  assert.ok(
    daemon.commands.some((command) => command.verb === "install" && command.unit.artifacts.length > 0),
  );
});

test("never are two batches under way to one host", async ({ world }) => {
  const slow = { before: () => new Promise<void>((resolve) => setTimeout(resolve, 20)) };
  const { controller, daemon } = await converged(world, world.daemon(slow));
  for (let turn = 0; turn < 6; turn++) {
    world.source.commit(fleetYaml(["nas"], { active: turn % 2 === 1 }));
    await settle(controller);
  }
  await until("all is ready", () => isAllReady(controller));
  assert.is(daemon.atOnceMax, 1);
});

test("nothing is written to the bucket of statuses while nothing changes", async ({ world }) => {
  const { controller, daemon } = await converged(world);
  await controller.stop();
  const second = await world.controller();
  await until("all is ready", () => isAllReady(second));
  const bucket = await world.bus.join().bucket("status");
  let writes = -1;
  const watching = await bucket.watch((event) => {
    if (event.kind === "synced") writes = 0;
    else if (writes >= 0) writes += 1;
  });
  await daemon.report();
  await settle(second);
  await second.stop();
  watching.unsubscribe();
  assert.is(writes, 0);
});

test("a controller that does not lead sends and writes nothing, but knows how things are", async ({
  world,
}) => {
  const { daemon } = await converged(world);
  const sent = daemon.commands.length;
  const follower = await world.controller({
    leadership: new FakeLeadership(undefined),
    source: new FakeSource(fleetYaml(["nas", "nas2"])),
  });
  await until("it knows", () => conditionOf(follower, "Host/default/nas2", "Ready")?.status === "False");
  await settle(follower);
  assert.is(daemon.commands.length, sent);
});

test("a controller whose term is older than the daemons' gives way, and leads on under a newer one", async ({
  world,
}) => {
  const { daemon } = await converged(world);
  const behind = new FakeLeadership(0);
  const source = new FakeSource(fleetYaml(["nas"], { active: false }));
  const late = await world.controller({ leadership: behind, source });
  await until("it gives way", () => behind.term === undefined);
  assert.equal(unitsOf(daemon), bothActive, "the older term changed nothing");
  await late.stop();
  const next = await world.controller({ leadership: new FakeLeadership(2), source });
  await until("the newer term acts", () => daemon.model.units.get(pingUnit)?.state === "installed");
  assert.ok(next.reconciler.term === 2);
});

test("a daemon that makes up terms is not asked without a pause by a controller that does not believe it", async ({
  world,
}) => {
  const daemon = world.daemon();
  daemon.term = 10 ** 9;
  const unmoved = new FakeLeadership(1);
  unmoved.overtaken = () => undefined;
  const controller = await world.controller({
    leadership: unmoved,
    times: { backoffFirstMs: 200, backoffMaxMs: 200 },
  });
  await daemon.report();
  await until("refused twice", () => daemon.batches.length === 2);
  await settle(controller);
  assert.is(daemon.batches.length, 2);
});

test("once reconcile has resolved, statuses tell of the newest revision, though nothing has been carried out yet", async ({
  world,
}) => {
  const { controller, daemon } = await converged(world);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  daemon.hold(held);
  world.source.commit(fleetYaml(["nas"], { active: false }));
  await controller.reconciler.reconcile();
  assert.is(conditionOf(controller, ping, "Ready")?.status, "False");
  assert.is(conditionOf(controller, ping, "Ready")?.observedRevision, world.source.latest?.revision);
  release();
  await until("carried out", () => isAllReady(controller));
});

test("more hosts than may be served at once are all served", async ({ world }) => {
  const names = Array.from({ length: hostsInFlightMax * 2 }, (_, at) => `h${at}`);
  const hosts = names.map(
    (name, at) => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec: {interfaces: [{name: eth0, addresses: [10.1.${at >> 6}.${(at & 63) + 1}/24]}]}
`,
  );
  const rule = `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: all}
spec: {hosts: {}, netfilter: {hook: INPUT}, program: {lua: all.lua}}
`;
  world.source.commit({
    "all.yaml": [...hosts, rule].join("---\n"),
    "all.lua": "function process_packet(p) end\n",
  });
  const slow = { before: () => new Promise<void>((resolve) => setTimeout(resolve, 30)) };
  const daemons = names.map((name) => world.daemon({ host: `default/${name}`, ...slow }));
  const controller = await world.controller({ times: { commandTimeoutMs: 5_000 } });
  await Promise.all(daemons.map((daemon) => daemon.report()));
  await until(
    "all is ready",
    () => statusesOf(controller).length === names.length + 1 && statusesOf(controller).every(isReady),
  );
});

test("two controllers that both believe to lead end in what the newer one wants", async ({ world }) => {
  const daemon = world.daemon();
  const older = await world.controller({ leadership: new FakeLeadership(1) });
  const newer = await world.controller({
    leadership: new FakeLeadership(2),
    source: new FakeSource(fleetYaml(["nas"], { active: false })),
  });
  await daemon.report();
  await until("the newer is content", () => isAllReady(newer));
  await until("the older gave way", () => older.reconciler.term === undefined);
  assert.is(daemon.model.units.get(pingUnit)?.state, "installed");
});

test("daemons that lose, repeat, delay and refuse end up right all the same", async ({ world }) => {
  const random = sequence(42);
  const flaky = (host: string) =>
    world.daemon({
      host,
      refuse: () => (random() < 0.2 ? problem("bus.unavailable", { reason: "by chance" }) : undefined),
      before: async () => {
        await new Promise((resolve) => setTimeout(resolve, random() * 30));
        if (random() < 0.2) throw new Error("the batch is lost");
      },
      after: () => {
        if (random() < 0.2) throw new Error("the reply is lost");
      },
    });
  const hosts = Array.from({ length: 5 }, (_, at) => `nas${at}`);
  const daemon = flaky("default/gw");
  const controller = await world.controller();
  await daemon.report();
  for (let turn = 0; turn < 5; turn++) {
    world.source.commit(fleetYaml(hosts.slice(0, turn + 1), { active: turn % 2 === 0 }));
    await settle(controller);
  }
  await until(
    "all is ready",
    () => statusesOf(controller).length === 7 && statusesOf(controller).every(isReady),
    20_000,
  );
  const wanted: DesiredUnit[] = controller.reconciler.desired.compiler.unitsOf("default/gw");
  assert.equal(unitsOf(daemon), wanted.map(({ unit, state }) => `${unit.id} ${state}`).sort());
});

/** The same numbers between 0 and 1 for the same seed. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.run();

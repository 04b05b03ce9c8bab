import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type MemoryBus, memoryBus } from "../../bus/mod.ts";
import type { ObjectInForce } from "../../controller/objects.ts";
import { Reconciler } from "../../controller/reconciler.ts";
import type { Kept } from "../../controller/record/last-good.ts";
import {
  applyDifference,
  decodeRecord,
  encodeDifference,
  encodeRecord,
} from "../../controller/record/record-codec.ts";
import { problem } from "../../schemas/mod.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { FakeDaemon } from "./fake-daemon.ts";
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
const good = fleetYaml(["nas"]);
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const withFile = {
  ...good,
  "rules.yaml": good["rules.yaml"]!.replace("{standard: icmp-echo}", "{wasm: modules/echo.wasm}"),
  "modules/echo.wasm": wasm,
};

interface World {
  bus: MemoryBus;
  source: FakeSource;
  running: { stop(): unknown }[];
  start(options?: { source?: FakeSource; leadership?: FakeLeadership }): Promise<Reconciler>;
  daemon(): FakeDaemon;
}

const test = suite<World>("the record of what is in force");

test.before.each((world) => {
  world.running = [];
  world.bus = memoryBus();
  world.source = new FakeSource(good);
  world.start = async ({ source = world.source, leadership = new FakeLeadership(1) } = {}) => {
    const bus = world.bus.join();
    const reconciler = await Reconciler.load({ source, bus, leadership, modules, log: silent, times });
    await reconciler.start();
    world.running.push(reconciler);
    return reconciler;
  };
  world.daemon = () => {
    const daemon = new FakeDaemon(world.bus.join(), "default/gw");
    world.running.push(daemon);
    return daemon;
  };
});

test.after.each(async (world) => {
  for (const each of world.running.reverse()) await each.stop();
  await world.bus.close();
});

const rule = "Rule/default/ping";
const bothActive = ["Host/default/nas active", "Rule/default/ping/nas active"];
const unitsOf = (daemon: FakeDaemon): string[] =>
  daemon.model
    .list()
    .map(({ id, state }) => `${id} ${state}`)
    .sort();
const versionOf = (reconciler: Reconciler): string | undefined => reconciler.desired.get(rule)?.version;

test("an object that is invalid when the controller starts again stays in force as it was", async (world) => {
  const gw = world.daemon();
  const first = await world.start();
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  // What the next controller knows of the host is what this one has taken in.
  await until("it is reported", () => first.fleet.host("default/gw")?.report?.units.length === 2);
  const version = versionOf(first);
  await first.stop();
  for (const broken of [
    "kind: [",
    good["rules.yaml"]!.replace("layer: ICMP", "layer: NONE"),
    good["rules.yaml"]!.replace("icmp-echo", "none"),
  ]) {
    world.source.commit({ ...good, "rules.yaml": broken });
    const again = await world.start();
    assert.is(versionOf(again), version);
    const isTold = (): boolean =>
      /as of revision [0-9a-f]{12} it stays in force/.test(
        again.board.get(rule)?.conditions[0]?.message ?? "",
      );
    await until("its status tells of it", isTold);
    await until("the host is decided about", () => again.fleet.host("default/gw")?.report !== undefined);
    await again.stop();
  }
  const sent = gw.commands.filter(({ verb }) => verb !== "report").map(({ verb }) => verb);
  assert.equal(sent, ["install", "install", "activate", "activate"]);
});

test("an object that left the source while no controller ran is taken off", async (world) => {
  const gw = world.daemon();
  const first = await world.start();
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  await first.stop();
  world.source.commit({ "hosts.yaml": good["hosts.yaml"]! });
  await world.start();
  await until("pruned", () => unitsOf(gw).join() === "Host/default/nas active");
});

test("without its source a controller that starts holds the fleet to what was in force", async (world) => {
  const gw = world.daemon();
  const first = await world.start();
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  await first.stop();
  const dead = new FakeSource();
  dead.fail([problem("source.unreachable", { location: "fake", reason: "down" })]);
  const again = await world.start({ source: dead });
  assert.ok(versionOf(again));
  gw.model.units.delete("Rule/default/ping/nas");
  await gw.report();
  await until("put right", () => unitsOf(gw).join() === bothActive.join());
});

test("a program that is gone from the source can still be installed for the object it is held for", async (world) => {
  world.source.commit(withFile);
  const first = await world.start();
  await first.stop();
  world.source.commit({ ...withFile, "modules/echo.wasm": "no wasm", "rules.yaml": "kind: [" });
  await world.start();
  const gw = world.daemon();
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  const install = gw.commands.find(
    (command) => command.verb === "install" && command.unit.id.startsWith("Rule"),
  );
  assert.ok(install?.verb === "install");
  const blob = await world.bus.blobs.get(install.unit.artifacts[0]!.digest, { timeoutMs: 1_000 });
  assert.equal(blob, wasm);
});

test("who takes the lead over goes on from what the one before had in force", async (world) => {
  const gw = world.daemon();
  const leading = new FakeLeadership(1);
  const waiting = new FakeLeadership(undefined);
  // The second controller has never seen the good version.
  const bad = { ...good, "rules.yaml": "kind: [" };
  const first = await world.start({ leadership: leading });
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  const second = await world.start({ source: new FakeSource(bad), leadership: waiting });
  const version = versionOf(first);
  world.source.commit(bad);
  leading.set(undefined);
  waiting.set(2);
  await until("taken over", () => second.term === 2);
  assert.is(versionOf(second), version);
  await until("nothing is under way", () => second.fleet.host("default/gw")?.inFlight === false);
  assert.equal(unitsOf(gw), bothActive);
});

test("a controller of an older term does not write over the record of a newer one", async (world) => {
  const newer = await world.start({ leadership: new FakeLeadership(5) });
  await newer.stop();
  const olderSource = new FakeSource(fleetYaml(["nas", "tv"]));
  const older = await world.start({ source: olderSource, leadership: new FakeLeadership(4) });
  await older.stop();
  const bucket = await world.bus.bucket("record");
  const entry = JSON.parse(new TextDecoder().decode((await bucket.get("last-good"))?.value));
  assert.is(entry.term, 5);
  assert.is(entry.revision, world.source.latest?.revision);
});

test("a record that cannot be read is told of, and what the source has is in force", async (world) => {
  const first = await world.start();
  await first.stop();
  await world.bus.blobs.prune(new Set());
  const again = await world.start();
  assert.ok(versionOf(again));
  assert.match(JSON.stringify(again.sourceStatus), "Cannot read the record of what was in force");
});

test("a source that is refused as a whole leaves the record as it was", async (world) => {
  const gw = world.daemon();
  const first = await world.start();
  await gw.report();
  await until("converged", () => unitsOf(gw).join() === bothActive.join());
  world.source.commit({ "README.md": "empty" });
  await until("refused", () => JSON.stringify(first.sourceStatus).includes("emptied"));
  await first.stop();
  const again = await world.start();
  assert.ok(versionOf(again));
});

test("a record is read as it was written, and so is a difference", async (world) => {
  const first = await world.start();
  const entries = [...first.desired.objects!.objects].map(([ref, inForce]) => {
    const kept: Kept<ObjectInForce> = { inForce, mayBeIn: ["a.yaml"], heldSince: "r1" };
    return [ref, kept] as const;
  });
  const base = { revision: "r2", uncertain: { "b.yaml": "v" }, objects: new Map(entries) };
  assert.equal(await decodeRecord(await encodeRecord(base)), base);
  const changed = { ...base.objects.get(rule)!, mayBeIn: ["c.yaml"] };
  const next = { revision: "r3", uncertain: {}, objects: new Map(entries.slice(1)).set(rule, changed) };
  const difference = await encodeDifference(base, next, { objectsMax: 2 });
  assert.ok(difference);
  assert.equal(await applyDifference(base, difference), next);
  assert.is(await encodeDifference(base, next, { objectsMax: 1 }), undefined);
});

test("a change is written down as a difference, and many as a whole", async (world) => {
  const entry = async () => {
    const bucket = await world.bus.bucket("record");
    return JSON.parse(new TextDecoder().decode((await bucket.get("last-good"))?.value));
  };
  const reconciler = await world.start();
  const whole = await entry();
  assert.is(whole.difference, undefined);
  world.source.commit(fleetYaml(["nas"], { active: false }));
  await reconciler.reconcile();
  const changed = await entry();
  assert.is(changed.revision, world.source.latest?.revision);
  assert.is(changed.digest, whole.digest);
  assert.ok(changed.difference);
  world.source.commit(manyHosts(201));
  await reconciler.reconcile();
  const rewritten = await entry();
  assert.is.not(rewritten.digest, whole.digest);
  assert.is(rewritten.difference, undefined);
});

function manyHosts(count: number): Record<string, string> {
  const host = (index: number): string =>
    `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: n${index}}
spec: {interfaces: [{name: eth0, addresses: [10.1.${index >> 8}.${index & 255}/16]}]}
`;
  return { ...good, "many.yaml": Array.from({ length: count }, (_, index) => host(index)).join("---\n") };
}

test("over NATS too, a controller that starts goes on from the record, though nobody serves it yet", async () => {
  const server = await NatsServer.start();
  try {
    const versions: (string | undefined)[] = [];
    for (const files of [withFile, { ...withFile, "rules.yaml": "kind: [" }]) {
      const bus = await server.join({ identity: { role: "controller" } });
      const source = new FakeSource(files);
      const leadership = new FakeLeadership(versions.length + 1);
      const reconciler = await Reconciler.load({ source, bus, leadership, modules, log: silent, times });
      await reconciler.start();
      versions.push(versionOf(reconciler));
      await reconciler.stop();
      await bus.close();
    }
    assert.ok(versions[0]);
    assert.is(versions[0], versions[1]);
  } finally {
    await server.remove();
  }
});

test.run();

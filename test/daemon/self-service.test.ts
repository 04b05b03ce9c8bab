import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { askProxy, type Request } from "../../daemon/responder/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import type { Unit } from "../../schemas/mod.ts";
import { FakeEngine } from "./fake-engine.ts";
import { Fixture } from "./fixture.ts";
import { hostMac as mac, sleeperUnit } from "./sleep/lan.ts";

const listen = { address: "127.0.0.1", port: 0 };
const selfService = { rulesMax: 4, moduleBytesMax: 2 ** 20 };

/** Refuses to install the unit whose id ends so. */
class PickyEngine extends FakeEngine {
  refused = "";

  override async install(loaded: Parameters<FakeEngine["install"]>[0]): Promise<void> {
    this.refusal =
      this.refused !== "" && loaded.unit.id.endsWith(this.refused) ? "it is not liked" : undefined;
    await super.install(loaded);
  }
}

let world: Fixture;
let engine: PickyEngine;

async function start(): Promise<void> {
  engine = new PickyEngine();
  await world.start([engine], undefined, { responder: { listen } });
}

test.before.each(async () => {
  world = new Fixture();
  await start();
  await declare(sleeperUnit({ selfService }));
});
test.after.each(() => world.end());

async function declare(unit: Unit): Promise<void> {
  assert.equal(await world.codes({ verb: "install", unit, priority: 0 }), ["ack"]);
}

/** Subscribes echo rules that differ by their config; resolves to "done" or what the proxy said. */
async function subscribe(...configs: number[]): Promise<string> {
  const rules = configs.map((config) => ({ ICMP: { addresses: ["10.9.0.5/32"], config: { config } } }));
  const module = standardModule("icmp-echo") as Uint8Array;
  return ask({
    kind: "add",
    mac,
    rules: Buffer.from(JSON.stringify(rules)),
    modules: configs.map(() => module),
  });
}

async function ask(request: Request): Promise<string> {
  const proxy = { address: "127.0.0.1", port: world.daemon!.status().responderPort as number };
  try {
    await askProxy(proxy, [request], { timeoutMs: 10_000 });
    return "done";
  } catch (error) {
    return (error as Error).message;
  }
}

const present = (): string[] =>
  [...engine.units.values()]
    .filter(({ id }) => id.startsWith("Self/"))
    .map(({ id, state, priority }) => `${id} ${state} ${priority}`);
const onDisk = (): string[] =>
  readdirSync(join(world.stateDir, "units"))
    .filter((name) => name.startsWith("Self"))
    .sort();

test("rules a host subscribes become active units after those declared, in its order, and are on disk", async () => {
  assert.is(await subscribe(1, 2), "done");
  assert.equal(present(), ["Self/default/nas/0 active 1000", "Self/default/nas/1 active 1001"]);
  assert.equal(onDisk(), ["Self+default+nas+0.json", "Self+default+nas+1.json"]);
});

test("they are restored with their state after a restart", async () => {
  await subscribe(1, 2);
  await world.stop();
  await start();
  assert.equal(present(), ["Self/default/nas/0 active 1000", "Self/default/nas/1 active 1001"]);
});

test("a subscription of which one rule is refused leaves the one before it as it was", async () => {
  await subscribe(1, 2);
  engine.refused = "/3";
  assert.match(await subscribe(3, 4, 5), /Self\/default\/nas\/3": it is not liked/);
  assert.equal(present(), ["Self/default/nas/0 active 1000", "Self/default/nas/1 active 1001"]);
  assert.equal(onDisk(), ["Self+default+nas+0.json", "Self+default+nas+1.json"]);
  engine.refused = "";
  assert.is(await subscribe(3), "done");
  assert.equal(present(), ["Self/default/nas/2 active 1000"]);
  assert.equal(onDisk(), ["Self+default+nas+2.json"]);
});

test("killed while it replaced a subscription, a daemon goes on with the one that is whole", async () => {
  const file = (number: number): string => join(world.stateDir, "units", `Self+default+nas+${number}.json`);
  await subscribe(1, 2);
  const old = readFileSync(file(0));
  await subscribe(3, 4);
  await world.stop();
  writeFileSync(file(0), old);
  await start();
  const whole = ["Self/default/nas/2 active 1000", "Self/default/nas/3 active 1001"];
  assert.equal(present(), whole);
  const half = readFileSync(file(2));
  await subscribe(5, 6);
  await world.stop();
  rmSync(file(5));
  await start();
  assert.equal(present(), []);
  await world.stop();
  writeFileSync(file(2), half);
  await start();
  assert.equal([present(), onDisk()], [[], []]);
});

test("the same subscription again touches nothing", async () => {
  await subscribe(1);
  const calls = engine.calls.length;
  assert.is(await subscribe(1), "done");
  assert.is(engine.calls.length, calls);
});

test("an empty subscription, and unsubscribing, leave nothing, and no module on disk", async () => {
  await subscribe(1);
  assert.is(readdirSync(join(world.stateDir, "blobs")).length, 1);
  assert.is(await subscribe(), "done");
  assert.equal([present(), onDisk()], [[], []]);
  await subscribe(2);
  assert.is(await ask({ kind: "remove", mac }), "done");
  assert.equal([present(), onDisk()], [[], []]);
  assert.is(readdirSync(join(world.stateDir, "blobs")).length, 0);
  assert.is(await ask({ kind: "remove", mac }), "done");
});

test("it is left alone by commands about other units, and goes with the permission or the declaration", async () => {
  await subscribe(1, 2);
  await declare(sleeperUnit({ selfService, takeover: false }));
  assert.is(present().length, 2);
  await declare(sleeperUnit({ selfService: false }));
  assert.equal([present(), onDisk()], [[], []]);
  await declare(sleeperUnit({ selfService }));
  await subscribe(1);
  assert.equal(await world.codes({ verb: "revoke", unit: "Host/default/nas" }), ["ack"]);
  assert.equal([present(), onDisk()], [[], []]);
});

test("sleep and wake are for every declared host, and are kept", async () => {
  await declare(sleeperUnit({ selfService: false }));
  assert.is(await ask({ kind: "sleep", mac }), "done");
  assert.equal([...engine.asleep], ["default/nas"]);
  await world.stop();
  await start();
  assert.equal([...engine.asleep], ["default/nas"]);
  assert.is(await ask({ kind: "wake", mac }), "done");
  assert.equal(world.daemon!.status().asleep, []);
});

test.run();

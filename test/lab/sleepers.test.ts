import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codecs, memoryBus, type PowerReply, subjects } from "../../bus/mod.ts";
import {
  announcePower,
  buildNetwork,
  type Member,
  magicFrame,
  planTopology,
  Sleepers,
  startWire,
  type Wire,
} from "../../lab/mod.ts";
import { type Problem, type ProblemError, problem } from "../../schemas/mod.ts";

const mac = "02:00:00:00:00:05";
const host = (name: string, address: string) => ({
  id: `default/${name}`,
  interfaces: [{ name: "eth0", addresses: [address], link: {}, ...(name === "nas" ? { mac } : {}) }],
  router: false,
});
const topology = planTopology([host("nas", "10.0.0.5/24"), host("pc", "10.0.0.2/24")]);
const member = (id: string, sleep?: Member["sleep"]): Member => ({
  id,
  netns: id.replace("default/", ""),
  daemon: false,
  sleep,
  asleep: false,
  run: [],
});
const members = [
  member("default/nas", { proxy: "default/gw", macs: [mac], secureOn: "password" }),
  member("default/pc"),
];

const bus = memoryBus();
const heard: string[] = [];
const changes: string[] = [];
const problems: Problem[] = [];
let answer: PowerReply = { kind: "ack" };
const password = Uint8Array.of(1, 2, 3, 4, 5, 6);
const sleepers = new Sleepers(
  members.map((each, index) => ({ member: each, wiring: topology.hosts[index]! })),
  {
    announce: (message) => announcePower(bus, message),
    password: async () => password,
    freeze: () => undefined,
    changed: (_, state, cause) => changes.push(`${state} ${cause}`),
    onProblem: (found) => problems.push(found),
  },
);
let wire: Wire;

test.before(async () => {
  await buildNetwork(topology);
  bus.subscribe(subjects.anyPowerFor("default/gw"), ({ payload, subject }) => {
    heard.push(codecs.powerMessage.decode(payload, subject).state);
    return codecs.powerReply.encode(answer);
  });
  wire = await startWire(topology, {
    seed: 0,
    sleepers: [{ lan: "lan0", mac }],
    onMagic: (packet) => void sleepers.hear(packet),
    onFailure: (error) => {
      throw error;
    },
  });
});
test.after(async () => {
  sleepers.close();
  await wire.close();
  await bus.close();
});

const pings = (from: string, to: string): boolean =>
  spawnSync("nsenter", [`--net=/run/netns/${from}`, "ping", "-c1", "-W1", to]).status === 0;

/** Sends bytes from pc with socat. */
function say(bytes: Uint8Array, to: string): void {
  const { status, stderr } = spawnSync("nsenter", ["--net=/run/netns/pc", "socat", "-u", "-", to], {
    input: bytes,
  });
  assert.is(status, 0, String(stderr));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "waited for 60 s");
    await new Promise((again) => setTimeout(again, 5));
  }
}

test("a host that sleeps hears nothing and says nothing, once its proxy knows", async () => {
  assert.ok(pings("pc", "10.0.0.5"));
  await sleepers.sleep("default/nas");
  assert.equal(heard, ["asleep"]);
  assert.is(sleepers.stateOf("default/nas"), "asleep");
  assert.not(pings("pc", "10.0.0.5"));
  assert.not(pings("nas", "10.0.0.2"));
});

test("it keeps its carrier, its addresses and its routes", () => {
  const words = ["-n", "nas", "-br", "address", "show", "dev", "eth0"];
  assert.match(spawnSync("ip", words, { encoding: "utf8" }).stdout, /UP +10\.0\.0\.5\/24/);
});

test("a magic packet for another card, or with the wrong password, leaves it asleep", async () => {
  say(magicFrame("02:00:00:00:00:06", password), "INTERFACE:eth0");
  say(magicFrame(mac), "INTERFACE:eth0");
  say(magicFrame(mac, Uint8Array.of(1, 2, 3, 4, 5, 7)), "INTERFACE:eth0");
  // What these three did not do shows by the fourth, which the same thread reads after them.
  const seen = changes.length;
  say(magicFrame(mac, password), "INTERFACE:eth0");
  await until(() => changes.length > seen);
  assert.equal(changes.slice(seen), ["awake magic"]);
});

test("woken, it is back at once and its proxy lets go", async () => {
  assert.ok(pings("pc", "10.0.0.5"));
  assert.ok(pings("nas", "10.0.0.2"));
  await until(() => heard.length === 2);
  assert.equal(heard, ["asleep", "awake"]);
});

test("a magic packet in UDP wakes it as well, with its MAC as destination or to all", async () => {
  for (const to of ["UDP-DATAGRAM:10.0.0.255:9,broadcast", "UDP-DATAGRAM:10.0.0.5:9"]) {
    await sleepers.sleep("default/nas");
    const seen = changes.length;
    // The sender still has the neighbour's address, as one that used the host a moment ago does.
    say(magicFrame(mac, password).subarray(14), to);
    await until(() => changes.length > seen);
    assert.equal(changes.slice(seen), ["awake magic"]);
    assert.ok(pings("pc", "10.0.0.5"));
  }
});

test("a host whose proxy refuses stays awake, and whoever asked is told why", async () => {
  const refusal = problem("unit.unknown", { verb: "take over", unit: "Host/default/nas" });
  answer = { kind: "nack", problem: refusal };
  try {
    await sleepers.sleep("default/nas");
    assert.unreachable();
  } catch (error) {
    assert.is((error as ProblemError).problem.code, "unit.unknown");
  }
  answer = { kind: "ack" };
  assert.is(sleepers.stateOf("default/nas"), "awake");
  assert.ok(pings("pc", "10.0.0.5"));
});

test("a proxy that cannot be told of the waking is told until it knows", async () => {
  await sleepers.sleep("default/nas");
  answer = { kind: "nack", problem: problem("bus.unavailable", { reason: "test" }) };
  const told = heard.length;
  await sleepers.wake("default/nas");
  assert.ok(pings("pc", "10.0.0.5"), "it is up whatever its proxy says");
  assert.is(problems.at(-1)?.code, "bus.unavailable");
  answer = { kind: "ack" };
  await until(() => heard.length > told + 1);
  assert.is(heard.at(-1), "awake");
});

test("sleeping and waking asked for at once happen one after the other", async () => {
  const seen = changes.length;
  await Promise.all([
    sleepers.sleep("default/nas"),
    sleepers.wake("default/nas"),
    sleepers.sleep("default/nas"),
    sleepers.sleep("default/nas"),
    sleepers.wake("default/nas"),
  ]);
  const states = changes.slice(seen).map((change) => change.split(" ")[0]);
  assert.equal(states, ["asleep", "awake", "asleep", "awake"]);
  assert.ok(pings("pc", "10.0.0.5"));
});

test("a host that has no proxy never sleeps", async () => {
  try {
    await sleepers.sleep("default/pc");
    assert.unreachable();
  } catch (error) {
    assert.is((error as ProblemError).problem.code, "lab.host-never-sleeps");
  }
});

test.run();

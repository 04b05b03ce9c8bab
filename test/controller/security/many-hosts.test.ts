import { test } from "uvu";
import * as assert from "uvu/assert";
import { codecs, type MemoryBus, memoryBus, subjects } from "../../../bus/mod.ts";
import type { HostView } from "../../../controller/host.ts";
import { Challenges } from "../../../controller/security/challenges.ts";
import { readInstance } from "../../../controller/security/instance.ts";
import type { InstanceKeys } from "../../../controller/security/instance-keys.ts";
import { defaultTimes } from "../../../controller/times.ts";
import type { DesiredUnit, Unit } from "../../../schemas/mod.ts";
import { until } from "../until.ts";
import { respond } from "./guests.ts";

const content = new Uint8Array(36).fill(7);
const boot = "boot-1";

let bus: MemoryBus;
let challenges: Challenges;
const hosts = new Map<string, HostView>();
/** By host, how many modules each batch asked, in the order in which batches came. */
const asked: { host: string; modules: number }[] = [];
let atOnce = 0;
let atOnceMax = 0;

test.before.each(() => {
  bus = memoryBus();
  const instances = { of: () => readInstance(content) } as unknown as InstanceKeys;
  challenges = new Challenges({
    bus,
    instances,
    times: defaultTimes,
    term: () => 1,
    hostOf: (id) => hosts.get(id),
    onOvertaken: () => undefined,
    onResult: () => undefined,
    onFailed: (check, reason) => assert.unreachable(`${check.unit.id}: ${reason}`),
  });
});
test.after.each(async () => {
  await challenges.stop();
  await bus.close();
  hosts.clear();
  asked.length = 0;
  atOnce = 0;
  atOnceMax = 0;
});

function unitOf(name: string, challengeIntervalMs: number): Unit {
  const spec = { challengeIntervalMs } as unknown as Unit["spec"];
  const id = `Customization/default/${name}/sender`;
  return { id, engine: "layer45", digest: "0".repeat(64), spec, artifacts: [] };
}

/** A host whose modules answer right, each batch after the turn of everybody else. */
function addHost(name: string, { modules = 1, intervalMs = 3_600_000, inFlight = false } = {}): HostView {
  const id = `default/${name}`;
  const units = Array.from({ length: modules }, (_, at) => unitOf(`m-${at}`, intervalMs));
  const desired: DesiredUnit[] = units.map((unit) => ({ unit, priority: 1, state: "active" }));
  const seen = units.map(({ id: unit, engine, digest }) => ({
    ...{ id: unit, engine, digest, priority: 1, state: "active" as const },
  }));
  const report = { host: id, boot, sequence: 1, term: 1, capabilities: {}, units: seen };
  const host = { id, desired, report, seenAtMs: performance.now(), inFlight, refusals: new Map() };
  hosts.set(id, host as unknown as HostView);
  bus.join().subscribe(subjects.command(id), async ({ subject, payload }) => {
    const { commands, term } = codecs.commandBatch.decode(payload, subject);
    asked.push({ host: name, modules: commands.length });
    atOnce += 1;
    atOnceMax = Math.max(atOnceMax, atOnce);
    await new Promise(setImmediate);
    atOnce -= 1;
    const results = commands.map((command) => ({
      id: command.id,
      outcome: {
        kind: "ack" as const,
        ...(command.verb === "challenge" && { answer: respond(content, command.nonce) }),
      },
    }));
    return codecs.commandReply.encode({ host: id, term, boot, sequence: 1, results });
  });
  return hosts.get(id) as HostView;
}

const begin = (): void => {
  for (const host of hosts.values()) challenges.noteHost(host);
};
const timesAsked = (name: string): number => asked.filter(({ host }) => host === name).length;

test("of many hosts 32 are asked at once, and all of them", async () => {
  for (let at = 0; at < 100; at++) addHost(`h-${at}`);
  begin();
  await until("all have answered", () => challenges.count().answered === 100);
  assert.is(atOnceMax, 32);
  assert.is(asked.length, 100);
});

test("of the modules of one host 50 are asked in a batch, and no two batches at once", async () => {
  addHost("one", { modules: 120 });
  begin();
  await until("all have answered", () => challenges.count().answered === 120);
  assert.equal(
    asked.map(({ modules }) => modules),
    [50, 50, 20],
  );
  assert.is(atOnceMax, 1);
});

test("everybody's turn comes, though those before them are to be asked again all the time", async () => {
  for (let at = 0; at < 100; at++) addHost(`h-${at}`, { intervalMs: 1 });
  begin();
  await until("all have answered", () => challenges.count().answered === 100);
  assert.ok(timesAsked("h-0") > 0);
});

test("a host to which something is being sent is asked after that", async () => {
  const busy = addHost("busy", { intervalMs: 1, inFlight: true });
  addHost("idle", { intervalMs: 1 });
  begin();
  await until("the other is asked again and again", () => timesAsked("idle") >= 3);
  assert.is(timesAsked("busy"), 0);
  busy.inFlight = false;
  await until("it is asked", () => timesAsked("busy") > 0);
});

test.run();

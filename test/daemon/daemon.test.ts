import { createHash } from "node:crypto";
import { existsSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, codecs, limits, subjects } from "../../bus/mod.ts";
import { type ProblemError, problem, unitDigest } from "../../schemas/mod.ts";
import { eventually } from "../bus/eventually.ts";
import { FakeEngine, fakeUnit } from "./fake-engine.ts";
import { codeOf, Fixture, host } from "./fixture.ts";

let at: Fixture;
test.before.each(async () => {
  at = new Fixture();
  await at.start();
});
test.after.each(() => at.end());

const program = Buffer.from("program");
const sleeper = fakeUnit("nas", { spec: { type: "sleeper", host: "default/nas" } });

async function power(of: string, state: "asleep" | "awake"): Promise<string> {
  const subject = subjects.power(host, of);
  const payload = codecs.powerMessage.encode({ host: of, state });
  const reply = codecs.powerReply.decode(
    await at.bus.request(subject, payload, { timeoutMs: 5_000 }),
    subject,
  );
  return codeOf(reply);
}

test("a unit is installed, activated and revoked, and the report that the reply names shows it", async () => {
  const unit = fakeUnit("echo");
  const reply = await at.send(
    { verb: "install", unit, priority: 10 },
    { verb: "activate", unit: unit.id, digest: unit.digest },
  );
  assert.equal(
    reply.results.map(({ outcome }) => codeOf(outcome)),
    ["ack", "ack"],
  );
  await eventually(() => at.lastReport.sequence >= reply.sequence, "the report that the reply announced");
  assert.equal(at.lastReport.units, [
    { id: unit.id, engine: "sleep", digest: unit.digest, priority: 10, state: "active" },
  ]);
  assert.is(at.lastReport.boot, reply.boot);
  const gone = await at.send({ verb: "revoke", unit: unit.id });
  await eventually(() => at.lastReport.sequence >= gone.sequence, "the report after it");
  assert.equal(at.lastReport.units, []);
});

test("commands are idempotent: what is so already is acked without asking the engine", async () => {
  const unit = fakeUnit("echo");
  const install = { verb: "install", unit, priority: 10 } as const;
  const activate = { verb: "activate", unit: unit.id, digest: unit.digest } as const;
  assert.equal(await at.codes(install, activate), ["ack", "ack"]);
  const calls = at.engine.calls.length;
  const before = await at.send(install, activate);
  assert.equal(
    before.results.map(({ outcome }) => codeOf(outcome)),
    ["ack", "ack"],
  );
  assert.equal(await at.codes({ verb: "revoke", unit: "Rule/default/none" }), ["ack"]);
  assert.is(at.engine.calls.length, calls);
});

test("after a restart every unit is back as it was, in order of priority, before a word is said", async () => {
  const digest = await at.bus.blobs.put(program);
  const [a, b, c] = [fakeUnit("a", { artifact: digest }), fakeUnit("b"), fakeUnit("c")];
  await at.codes(
    { verb: "install", unit: a, priority: 30 },
    { verb: "install", unit: b, priority: 10 },
    { verb: "install", unit: c, priority: 20 },
    { verb: "activate", unit: a.id, digest: a.digest },
    { verb: "deprecate", unit: c.id, digest: c.digest },
    { verb: "prioritize", unit: b.id, digest: b.digest, priority: 40 },
  );
  await at.bus.blobs.prune(new Set());
  await at.restart();
  assert.equal(at.engine.calls, [
    "start",
    `install ${c.id}`,
    `deprecated ${c.id}`,
    `install ${a.id}`,
    `active ${a.id}`,
    `install ${b.id}`,
  ]);
  assert.is(at.engine.contents.get(a.id), "program");
  assert.is(at.engine.units.get(b.id)?.priority, 40);
});

test("a refused version leaves the one before it running and kept, and stops later commands of that unit only", async () => {
  const good = fakeUnit("a");
  const other = fakeUnit("b");
  const bad = fakeUnit("a", { spec: { refuse: true } });
  await at.codes({ verb: "install", unit: good, priority: 1 });
  const codes = await at.codes(
    { verb: "install", unit: bad, priority: 1 },
    { verb: "activate", unit: bad.id, digest: bad.digest },
    { verb: "install", unit: other, priority: 2 },
  );
  assert.equal(codes, ["unit.invalid", "unit.invalid", "ack"]);
  assert.is(at.engine.units.get(good.id)?.digest, good.digest);
  await at.restart();
  assert.is(at.engine.units.get(good.id)?.digest, good.digest);
});

test("an older term is refused, also after a restart, and nothing is touched", async () => {
  at.term = 7;
  assert.equal(await at.codes({ verb: "report" }), ["ack"]);
  await at.restart();
  at.term = 6;
  const reply = await at.send({ verb: "install", unit: fakeUnit("a"), priority: 1 });
  assert.equal(
    reply.results.map(({ outcome }) => codeOf(outcome)),
    ["command.stale-term"],
  );
  assert.is(reply.term, 7);
  assert.equal(at.engine.calls, ["start"]);
});

test("a unit is refused whose content does not match its digest, whose id is odd, or whose engine is absent", async () => {
  const unit = fakeUnit("a");
  const forged = { ...unit, spec: { type: "rule", version: 99 } };
  assert.equal(await at.codes({ verb: "install", unit: forged, priority: 1 }), ["unit.digest-mismatch"]);
  assert.equal(await at.codes({ verb: "install", unit: fakeUnit("f", { engine: "filter" }), priority: 1 }), [
    "engine.unavailable",
  ]);
  const large = fakeUnit("l", { spec: "x".repeat(1024 * 1024) });
  assert.equal(await at.codes({ verb: "install", unit: large, priority: 1 }), ["unit.invalid"]);
  assert.equal(at.engine.calls, ["start"]);
});

test("artifacts are fetched and verified before anything is touched", async () => {
  const absent = fakeUnit("a", { artifact: "0".repeat(64) });
  assert.equal(await at.codes({ verb: "install", unit: absent, priority: 1 }), ["artifact.missing"]);
  assert.equal(at.engine.calls, ["start"]);
  const digest = await at.bus.blobs.put(Buffer.from("no program at all"));
  const wrong = fakeUnit("b", { artifact: digest });
  assert.equal(await at.codes({ verb: "install", unit: wrong, priority: 1 }), ["unit.invalid"]);
  const large = fakeUnit("c", { artifact: digest });
  const artifacts = [{ name: "program", digest: "1".repeat(64), bytes: limits.blobBytesMax + 1 }];
  const { unitDigest } = await import("../../schemas/mod.ts");
  const unit = { ...large, artifacts, digest: unitDigest({ ...large, artifacts }) };
  assert.equal(await at.codes({ verb: "install", unit, priority: 1 }), ["artifact.too-large"]);
});

test("a private artifact comes with its command, lies where root alone reads it, and is in no line or report", async () => {
  const lines: string[] = [];
  const write = (fields: Record<string, unknown>, text: string): number =>
    lines.push(`${text} ${JSON.stringify(fields)}`);
  await at.stop();
  await at.start(undefined, undefined, { log: { debug: write, info: write, warn: write, error: write } });
  const key = Buffer.from("a key that no other host may have....");
  const digest = createHash("sha256").update(key).digest("hex");
  const content = {
    ...fakeUnit("keyed"),
    artifacts: [{ name: "instance", digest, bytes: key.length, private: true }],
  };
  const unit = { ...content, digest: unitDigest(content) };
  const install = { verb: "install", unit, priority: 1 } as const;
  const other = Buffer.from("another key").toString("base64");
  assert.equal(await at.codes(install), ["artifact.missing"]);
  assert.equal(await at.codes({ ...install, enclosed: { [digest]: other } }), ["artifact.corrupt"]);
  const enclosed = { [digest]: key.toString("base64") };
  at.engine.install = async () => {
    throw new Error("a fault of the engine's own");
  };
  assert.equal(await at.codes({ ...install, enclosed }), ["internal"]);
  await at.stop();
  await at.start(undefined, undefined, { log: { debug: write, info: write, warn: write, error: write } });
  assert.equal(await at.codes({ ...install, enclosed }), ["ack"]);
  assert.is(at.engine.contents.get(unit.id), key.toString());
  const file = join(at.stateDir, "blobs", digest);
  assert.is(statSync(file).mode & 0o077, 0);
  assert.is(statSync(join(at.stateDir, "blobs")).mode & 0o077, 0);
  await at.restart();
  assert.is(at.engine.contents.get(unit.id), key.toString());
  const said = [lines.join("\n"), JSON.stringify(at.reports)].join();
  for (const form of [key.toString(), key.toString("base64"), key.toString("hex")])
    assert.not.ok(said.includes(form));
  assert.equal(await at.codes({ verb: "revoke", unit: unit.id }), ["ack"]);
  assert.not.ok(existsSync(file));
});

test("what the engine lost is not in the report, and installing the same version puts it back as it was", async () => {
  const unit = fakeUnit("a");
  const install = { verb: "install", unit, priority: 1 } as const;
  await at.codes(install, { verb: "activate", unit: unit.id, digest: unit.digest });
  at.engine.units.clear();
  at.engine.context?.changed();
  await eventually(() => at.lastReport.units.length === 0, "a report without the unit");
  assert.equal(await at.codes(install), ["ack"]);
  assert.is(at.engine.units.get(unit.id)?.state, "active");
});

test("a unit that faulted is reported, and listed but not run after a restart, until another version comes", async () => {
  const unit = fakeUnit("a");
  await at.codes(
    { verb: "install", unit, priority: 1 },
    { verb: "activate", unit: unit.id, digest: unit.digest },
  );
  const found = problem("unit.faulted", { unit: unit.id, reason: "it looped" });
  const running = at.engine.units.get(unit.id);
  assert.ok(running);
  at.engine.units.set(unit.id, { ...running, problem: found });
  at.engine.context?.changed();
  await eventually(() => at.lastReport.units[0]?.problem?.code === "unit.faulted", "the fault's report");
  await at.restart();
  assert.is(at.engine.units.get(unit.id)?.problem?.code, "unit.faulted");
  const mended = fakeUnit("a", { spec: { version: 2 } });
  assert.equal(await at.codes({ verb: "install", unit: mended, priority: 1 }), ["ack"]);
  assert.is(at.engine.units.get(unit.id)?.problem, undefined);
  await at.restart();
  assert.is(at.engine.units.get(unit.id)?.problem, undefined);
});

test("a torn file is reported, and its unit is installed anew", async () => {
  const unit = fakeUnit("a");
  await at.codes({ verb: "install", unit, priority: 1 });
  await at.stop();
  truncateSync(join(at.stateDir, "units", "Rule+default+a+nas.json"), 100);
  at.reports.length = 0;
  await at.start();
  await eventually(() => at.reports.length > 0, "a report");
  assert.equal(at.lastReport.units, []);
  assert.is(at.lastReport.problems?.[0]?.code, "store.torn");
  assert.equal(await at.codes({ verb: "install", unit, priority: 1 }), ["ack"]);
});

test("a unit that its engine refuses at the start stays kept and is listed with the problem", async () => {
  const unit = fakeUnit("a");
  await at.codes({ verb: "install", unit, priority: 1 });
  await at.stop();
  const engine = new FakeEngine();
  engine.refusal = "no such interface";
  await at.start([engine]);
  await eventually(() => at.lastReport.units[0]?.problem?.code === "unit.invalid", "the refusal's report");
  engine.refusal = undefined;
  assert.equal(await at.codes({ verb: "install", unit, priority: 1 }), ["ack"]);
  assert.is(engine.units.get(unit.id)?.digest, unit.digest);
  await eventually(() => at.lastReport.units[0]?.problem === undefined, "a report without the problem");
});

test("a host goes to sleep and wakes through its sleeper's engine, and that is remembered", async () => {
  assert.is(await power("default/nas", "asleep"), "power.unserved");
  await at.codes({ verb: "install", unit: sleeper, priority: 1 });
  assert.is(await power("default/nas", "asleep"), "ack");
  await at.restart();
  assert.equal([...at.engine.asleep], ["default/nas"]);
  at.engine.context?.powered("default/nas", "awake");
  await at.restart();
  assert.equal([...at.engine.asleep], []);
  assert.is(await power("default/nas", "asleep"), "ack");
  await at.codes({ verb: "revoke", unit: sleeper.id });
  assert.equal([...at.engine.asleep], [], "whoever is not stood in for is not asleep");
});

test("a sleeper that is revoked is still asleep to its engine, which can wake the host, and to nobody afterwards", async () => {
  await at.send(
    { verb: "install", unit: sleeper, priority: 1 },
    { verb: "activate", unit: sleeper.id, digest: sleeper.digest },
  );
  assert.is(await power("default/nas", "asleep"), "ack");
  const asleepAtRevoke: boolean[] = [];
  const { engine } = at;
  const revoke = engine.revoke.bind(engine);
  engine.revoke = (id) => {
    asleepAtRevoke.push(engine.asleep.has("default/nas"));
    return revoke(id);
  };
  await at.send({ verb: "revoke", unit: sleeper.id });
  assert.equal(asleepAtRevoke, [true]);
  assert.not.ok(engine.asleep.has("default/nas"));
  assert.equal(at.daemon?.status().asleep, []);
});

test("a host that tells its power without end does not keep commands waiting", async () => {
  await at.codes({ verb: "install", unit: sleeper, priority: 1 });
  const told = Array.from({ length: 300 }, () =>
    power("default/nas", "asleep").catch((error: ProblemError) => error.problem.code),
  );
  assert.equal(await at.codes({ verb: "activate", unit: sleeper.id, digest: sleeper.digest }), ["ack"]);
  const codes = await Promise.all(told);
  assert.ok(codes.includes("ack") && codes.includes("command.crowded"), codes.join());
  assert.ok(codes.filter((code) => code === "bus.unavailable").length >= 190, "most are not even read");
});

test("a report is sent when it is asked for, and says what the host can do", async () => {
  const count = at.reports.length;
  await at.codes({ verb: "report" });
  await eventually(() => at.reports.length > count, "the report that was asked for");
  const unit = fakeUnit("a");
  await at.codes({ verb: "install", unit, priority: 1 });
  await eventually(() => at.lastReport.units.length === 1, "the unit");
  assert.equal(
    at.lastReport.capabilities.engines.find(({ engine }) => engine === "sleep"),
    {
      engine: "sleep",
      available: true,
    },
  );
  const tunnel = at.lastReport.capabilities.engines.find(({ engine }) => engine === "tunnel");
  assert.is(tunnel?.available, false);
});

test("the state of one host is not put to work on another: its daemon does not start, and changes nothing", async () => {
  await at.send({ verb: "install", unit: fakeUnit("echo"), priority: 1 });
  await at.daemon?.stop();
  const stranger = new FakeEngine();
  const { code } = await at.start([stranger], undefined, { host: "default/gw-2" }).then(
    () => ({ code: "started" }),
    (error: ProblemError) => error.problem,
  );
  assert.is(code, "store.foreign");
  assert.is(stranger.units.size, 0);
  await at.start();
  assert.is(at.engine.units.size, 1);
});

test("heartbeats carry the sequence of the newest report", async () => {
  const beats: number[] = [];
  at.bus.subscribe(subjects.anyHeartbeat, ({ payload, subject }) => {
    beats.push(codecs.heartbeat.decode(payload, subject).sequence);
  });
  await eventually(() => beats.length > 0, "a heartbeat");
  assert.is(beats[0], at.lastReport.sequence);
});

test("the last report says that what is kept does not work any more", async () => {
  await at.codes({ verb: "install", unit: fakeUnit("a"), priority: 1 });
  await at.stop();
  assert.is(at.engine.calls.at(-1), "stop");
  assert.is(at.lastReport.units[0]?.problem?.code, "daemon.stopped");
});

test("units work before the bus is there, and the daemon can be stopped while it waits for it", async () => {
  const unit = fakeUnit("a");
  await at.codes({ verb: "install", unit, priority: 1 });
  await at.stop();
  let connect: (bus: Bus) => void = () => undefined;
  const joining = () =>
    new Promise<Bus>((resolve) => {
      connect = resolve;
    });
  await at.start([new FakeEngine()], joining);
  assert.is(at.engine.units.get(unit.id)?.digest, unit.digest);
  assert.is(at.daemon?.status().connected, false);
  const count = at.reports.length;
  connect(at.bus.join());
  await eventually(() => at.reports.length > count, "a report once the bus is there");
  assert.equal(await at.codes({ verb: "revoke", unit: unit.id }), ["ack"]);
  await at.stop();
  const never = (signal: AbortSignal) =>
    new Promise<Bus>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
  await at.start([new FakeEngine()], never);
  await at.stop();
});

test("a challenge is answered by the engine", async () => {
  const unit = fakeUnit("a");
  await at.codes({ verb: "install", unit, priority: 1 });
  const { results } = await at.send({ verb: "challenge", unit: unit.id, digest: unit.digest, nonce: "0a" });
  assert.equal(results[0]?.outcome, { kind: "ack", answer: `${unit.id} answers 0a` });
});

test.run();

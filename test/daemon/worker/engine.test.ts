import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine, Log } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { fail, ProblemError } from "../../../schemas/mod.ts";
import { tinyEngine, tinyUnit } from "./tiny.ts";

const drop = (): void => undefined;
const quiet: Log = { debug: drop, info: drop, warn: drop, error: drop };
let engine: Engine;
let changes = 0;
const reads: string[] = [];

test.before.each(async () => {
  engine = tinyEngine();
  await engine.start({
    changed: () => changes++,
    powered: drop,
    log: quiet,
    artifact: async (digest) => {
      reads.push(digest);
      return new TextEncoder().encode("sesame");
    },
    secret: async (name) =>
      name === "word"
        ? new TextEncoder().encode("sesame")
        : fail("secret.missing", { name, reason: "absent" }),
  });
});
test.after.each(() => engine.stop());

const install = (unit: Unit, priority = 100) => engine.install({ unit, priority, artifacts: new Map() });
const seen = (unit: Unit) => engine.observe().find(({ id }) => id === unit.id);

async function until(condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return "none";
}

test("verbs reach the worker, and what it sees comes back", async () => {
  const unit = tinyUnit("a");
  await install(unit);
  assert.is(seen(unit)?.state, "installed");
  await engine.setState(unit.id, "active");
  await engine.setPriority(unit.id, 7);
  assert.is(seen(unit)?.state, "active");
  assert.is(seen(unit)?.priority, 7);
  await until(() => {
    void engine.refresh?.();
    return (seen(unit)?.counters?.calls ?? 0) >= 1;
  });
  await engine.revoke(unit.id);
  assert.equal(engine.observe(), []);
  await engine.revoke(unit.id);
});

test("a refused version leaves the one before it as it was", async () => {
  const good = tinyUnit("a");
  await install(good);
  await engine.setState(good.id, "active");
  assert.is(await problemOf(install(tinyUnit("a", { refuse: true }))), "unit.invalid");
  assert.is(seen(good)?.digest, good.digest);
  assert.is(seen(good)?.state, "active");
  assert.is(await problemOf(engine.setState("Rule/default/b", "active")), "unit.unknown");
});

test("a guest that loops for ever is ended and faulted, and the other units come back as they were", async () => {
  const bad = tinyUnit("bad", { guest: "loop" });
  const good = tinyUnit("good");
  const idle = tinyUnit("idle");
  await install(good, 5);
  await engine.setState(good.id, "active");
  await engine.setPriority(good.id, 6);
  await install(idle);
  await install(bad);
  await engine.power?.("default/nas", "asleep");
  const before = changes;
  await engine.setState(bad.id, "active");
  await until(() => changes > before);
  assert.is(seen(bad)?.problem?.code, "unit.faulted");
  assert.match(seen(bad)?.problem?.message ?? "", /its limit is 30 ms/);
  assert.is(seen(bad)?.state, "active");
  assert.is(seen(good)?.problem, undefined);
  assert.is(seen(good)?.state, "active");
  assert.is(seen(good)?.priority, 6);
  assert.is(seen(idle)?.state, "installed");
  assert.match((await engine.challenge?.(good.id, "n")) ?? "", /:default\/nas$/);
});

test("of several guests that loop each is faulted, one after the other, and the rest works", async () => {
  const bad = ["x", "y", "z"].map((name) => tinyUnit(name, { guest: "loop" }));
  const good = tinyUnit("good");
  await install(good);
  await engine.setState(good.id, "active");
  for (const unit of bad) await install(unit);
  for (const unit of bad) await engine.setState(unit.id, "active");
  await until(() => bad.every((unit) => seen(unit)?.problem?.code === "unit.faulted"));
  await until(() => {
    void engine.refresh?.();
    return seen(good)?.problem === undefined && (seen(good)?.counters?.calls ?? 0) >= 1;
  });
});

test("a faulted unit runs again when another version of it is installed, in the state it had", async () => {
  const bad = tinyUnit("a", { guest: "loop" });
  await install(bad);
  await engine.setState(bad.id, "active");
  await until(() => seen(bad)?.problem !== undefined);
  const mended = tinyUnit("a");
  await install(mended);
  assert.is(seen(mended)?.digest, mended.digest);
  assert.is(seen(mended)?.problem, undefined);
  assert.is(seen(mended)?.state, "active");
});

test("a unit that faulted before a restart of the daemon is listed and not run", async () => {
  const bad = tinyUnit("a", { guest: "loop" });
  const once = tinyUnit("b");
  await install(once);
  await engine.install({
    unit: bad,
    priority: 1,
    artifacts: new Map(),
    faulted: { code: "unit.faulted", message: "", data: {} },
  });
  await engine.setState(bad.id, "active");
  assert.is(seen(bad)?.problem?.code, "unit.faulted");
  assert.is(await problemOf(engine.challenge?.(once.id, "n") ?? Promise.resolve()), "none");
});

test("a guest that loops while it is installed is refused, and the version before it runs on", async () => {
  const good = tinyUnit("a");
  const other = tinyUnit("b");
  await install(good);
  await engine.setState(good.id, "active");
  await install(other);
  const looping = tinyUnit("a", { guest: "loop", when: "install" });
  assert.is(await problemOf(install(looping)), "unit.faulted");
  assert.is(seen(good)?.digest, good.digest);
  assert.is(seen(good)?.state, "active");
  assert.is(seen(good)?.problem, undefined);
  assert.is(seen(other)?.state, "installed");
});

test("an engine that crashes outside any guest is started again with its units", async () => {
  const good = tinyUnit("a");
  const marker = join(mkdtempSync(join(tmpdir(), "netloom-")), "crash");
  writeFileSync(marker, "");
  const crash = tinyUnit("crash", { crashWhile: marker });
  await install(good);
  await install(crash);
  await engine.setState(crash.id, "active");
  await until(() => seen(good)?.problem?.code === "engine.crashed");
  assert.match(seen(good)?.problem?.message ?? "", /brings the engine down/);
  rmSync(dirname(marker), { recursive: true });
  await until(() => seen(good)?.problem === undefined);
  assert.is(seen(crash)?.state, "active");
});

test("a unit that a new thread refuses is listed with the reason, and works again once that has passed", async () => {
  const away = join(mkdtempSync(join(tmpdir(), "netloom-")), "away");
  const unit = tinyUnit("a", { awayWhile: away });
  await install(unit);
  await engine.setState(unit.id, "active");
  writeFileSync(away, "");
  const bad = tinyUnit("bad", { guest: "loop" });
  await install(bad);
  await engine.setState(bad.id, "active");
  await until(() => seen(unit)?.problem?.code === "linux.absent");
  await engine.refresh?.();
  assert.is(seen(unit)?.problem?.code, "linux.absent");
  rmSync(dirname(away), { recursive: true });
  await engine.refresh?.();
  assert.is(seen(unit)?.problem, undefined);
  assert.is(seen(unit)?.state, "active");
});

test("a secret reaches the worker, and one that is missing refuses the unit", async () => {
  const unit = tinyUnit("a", { secret: "word" });
  await install(unit);
  assert.match((await engine.challenge?.(unit.id, "n")) ?? "", /^n:sesame:/);
  assert.is(await problemOf(install(tinyUnit("b", { secret: "other" }))), "secret.missing");
});

test("descriptors that an ended worker held are closed", async () => {
  const open = () => readdirSync("/proc/self/fd").length;
  const bad = tinyUnit("a", { guest: "loop" });
  const before = open();
  for (let round = 0; round < 3; round++) {
    await install(tinyUnit("a"));
    await install(bad);
    await engine.setState(bad.id, "active");
    await until(() => seen(bad)?.problem !== undefined);
    await install(tinyUnit("b"));
    await engine.revoke(bad.id);
  }
  assert.ok(open() <= before, `${open()} descriptors are open; ${before} were`);
});

test("a unit whose guest runs for ever over a challenge is stopped, and that is the answer", async () => {
  const mute = tinyUnit("mute", { loopsWhenChallenged: true });
  const other = tinyUnit("other");
  await install(mute);
  await install(other);
  assert.is(await problemOf(engine.challenge?.(mute.id, "00") ?? Promise.resolve()), "unit.faulted");
  assert.is(seen(mute)?.problem?.code, "unit.faulted");
  assert.is(seen(other)?.problem, undefined);
});

test("private artifacts go to no thread with their unit: a loop reads them when it needs them", async () => {
  const digest = "ab".repeat(32);
  const keyed = tinyUnit("keyed", {}, [{ name: "instance", digest, bytes: 4, private: true }]);
  const artifacts = new Map([["instance", new TextEncoder().encode("open")]]);
  await engine.install({ unit: keyed, priority: 1, artifacts });
  assert.equal(reads, []);
  assert.match((await engine.challenge?.(keyed.id, "00")) ?? "", "00:sesame:");
  assert.equal(reads, [digest]);
});

test.run();

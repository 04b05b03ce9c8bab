import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "../../../daemon/store/checked-file.ts";
import { UnitStore } from "../../../daemon/store/unit-store.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { fakeUnit } from "../fake-engine.ts";

let folder: string;
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), "netloom-"));
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

const program = Buffer.from("program");
const digest = sha256(program);
const stored = (name: string, artifact?: string) => ({
  unit: fakeUnit(name, artifact ? { artifact } : {}),
  priority: 1,
  state: "active" as const,
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
}

async function kept(...names: string[]): Promise<void> {
  const store = await UnitStore.open(folder);
  for (const name of names) store.set(stored(name));
  await store.close();
}

test("a folder is one host's: another's daemon is refused it, and so finds no units of the first", async () => {
  const store = await UnitStore.open(folder);
  store.claim("default/gw-1");
  store.setTerm(4);
  await store.close();
  const again = await UnitStore.open(folder);
  again.claim("default/gw-1");
  assert.is(again.term, 4);
  assert.throws(
    () => again.claim("default/gw-2"),
    (error: unknown) => error instanceof ProblemError && error.problem.code === "store.foreign",
  );
  await again.close();
});

test("what was flushed is there again: units, term, sleeping hosts, artifacts", async () => {
  const store = await UnitStore.open(folder);
  await store.blobs.write(digest, program);
  store.set(stored("a", digest));
  store.set(stored("b"));
  store.setTerm(4);
  store.setPower("default/nas", "asleep");
  await store.flush();
  store.delete(fakeUnit("b").id);
  await store.close();
  const again = await UnitStore.open(folder);
  assert.equal([...again.units.values()], [stored("a", digest)]);
  assert.is(again.term, 4);
  assert.equal([...again.asleep], ["default/nas"]);
  assert.is(Buffer.from((await again.blobs.read(digest)) ?? []).toString(), "program");
  assert.equal(again.problems, []);
  await again.close();
});

test("folders and files are for their owner only", async () => {
  await kept("a");
  for (const part of ["units", "blobs"]) assert.is(statSync(join(folder, part)).mode & 0o777, 0o700);
  for (const file of readdirSync(join(folder, "units"))) {
    assert.is(statSync(join(folder, "units", file)).mode & 0o777, 0o600);
  }
});

test("torn, foreign and unfinished files are out of the way, and the rest is there", async () => {
  await kept("a", "b", "c");
  const units = join(folder, "units");
  truncateSync(join(units, "Rule+default+a+nas.json"), 90);
  writeFileSync(join(units, "notes.txt"), "remember the milk");
  writeFileSync(join(units, "Rule+default+x+nas.json.unfinished"), "half");
  mkdirSync(join(units, "folder"));
  writeFileSync(join(folder, "host.json"), "");
  const store = await UnitStore.open(folder);
  assert.equal([...store.units.keys()].sort(), ["Rule/default/b/nas", "Rule/default/c/nas"]);
  assert.equal(
    store.problems.map(({ code }) => code),
    ["store.torn", "store.torn", "store.torn", "store.torn"],
  );
  assert.equal(readdirSync(join(folder, "torn")).sort(), [
    "Rule+default+a+nas.json",
    "folder",
    "host.json",
    "notes.txt",
  ]);
  assert.equal(readdirSync(units).length, 2);
  await store.close();
});

test("an artifact that was changed on disk is not used, and can be fetched anew", async () => {
  const store = await UnitStore.open(folder);
  await store.blobs.write(digest, program);
  store.set(stored("a", digest));
  await store.close();
  writeFileSync(join(folder, "blobs", digest), "virus");
  const again = await UnitStore.open(folder);
  assert.is(await again.blobs.read(digest), undefined);
  assert.not.ok(again.blobs.has(digest));
  await again.blobs.write(digest, program);
  assert.ok(await again.blobs.read(digest));
  await again.close();
});

test("artifacts that no unit needs go, at collection and at the start", async () => {
  const other = Buffer.from("other");
  const store = await UnitStore.open(folder);
  await store.blobs.write(digest, program);
  await store.blobs.write(sha256(other), other);
  store.set(stored("a", digest));
  assert.is(await store.collect(), 1);
  await store.blobs.write(sha256(other), other);
  await store.close();
  const again = await UnitStore.open(folder);
  assert.equal(readdirSync(join(folder, "blobs")), [digest]);
  await again.close();
});

test("a folder that is in use is refused, and free again when its user closes it", async () => {
  const store = await UnitStore.open(folder);
  assert.is(await codeOf(UnitStore.open(folder)), "store.locked");
  await store.close();
  await (await UnitStore.open(folder)).close();
});

test("the lock of a process that was killed is taken over", async () => {
  const script = new URL("./hold-store.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  assert.is(await codeOf(UnitStore.open(folder)), "store.locked");
  child.kill("SIGKILL");
  await ended;
  await (await UnitStore.open(folder)).close();
});

test("what cannot be written is said, and is written by the next flush that can", async () => {
  const store = await UnitStore.open(folder);
  store.set(stored("a"));
  rmSync(join(folder, "units"), { recursive: true });
  assert.is(await codeOf(store.flush()), "store.unwritable");
  mkdirSync(join(folder, "units"));
  await store.flush();
  assert.ok(existsSync(join(folder, "units", "Rule+default+a+nas.json")));
  await store.close();
});

test("a place where no folder can be made is refused", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  chmodSync(file, 0o600);
  assert.is(await codeOf(UnitStore.open(file)), "store.unwritable");
});

test.run();

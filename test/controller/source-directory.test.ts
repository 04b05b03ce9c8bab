import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSource } from "../../controller/source/open-source.ts";
import type { Source } from "../../controller/source/source.ts";
import type { Snapshot } from "../../schemas/mod.ts";
import { GitRepository, temporaryFolder } from "./git-repository.ts";
import { contents, problemWith, snapshotWith } from "./snapshots.ts";

const open: Source[] = [];

async function started(path: string, pollIntervalMs = 3_600_000): Promise<Source> {
  const made = openSource(path, { pollIntervalMs });
  open.push(made);
  await made.start();
  return made;
}

function put(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Waits for a snapshot in which a file says this. */
async function snapshotSaying(source: Source, path: string, text: string | undefined): Promise<Snapshot> {
  for (;;) {
    const seen = source.latest;
    if ((await contents(seen))[path] === text) return seen!;
    await snapshotWith(source, (one) => one !== seen);
  }
}

test.after.each(async () => {
  for (const one of open.splice(0)) await one.close();
});

test("a directory gives the same files as a commit of it", async () => {
  const repository = new GitRepository();
  repository.commit({
    "a.yaml": "a",
    "deep/b.yaml": "b",
    ".hidden/c.yaml": "c",
    "a.yaml~": "old",
    "x.tmp": "t",
  });
  repository.link("deep/link.yaml", "../a.yaml");
  repository.link("out.yaml", "/etc/passwd");
  repository.commit();
  const fromDirectory = await started(repository.path);
  const fromGit = openSource(`${repository.path}#main`, { folder: temporaryFolder() });
  open.push(fromGit);
  await fromGit.start();
  const expected = {
    "a.yaml": "a",
    "deep/b.yaml": "b",
    "deep/link.yaml": "a",
    "out.yaml": "<source.link-refused>",
  };
  assert.equal(await contents(fromDirectory.latest), expected);
  assert.equal(await contents(fromGit.latest), expected);
});

test("changes, new files and folders, renames and removals are noticed without a poll", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "1", "b/c.yaml": "1", "same.yaml": "s" });
  const from = await started(root);
  const before = from.latest!;
  appendFileSync(join(root, "b/c.yaml"), "2");
  const after = await snapshotSaying(from, "b/c.yaml", "12");
  assert.is(after.files.get("same.yaml"), before.files.get("same.yaml"));
  assert.is.not(after.revision, before.revision);
  put(root, { "new/er/d.yaml": "d" });
  await snapshotSaying(from, "new/er/d.yaml", "d");
  put(root, { "new/er/d.yaml": "e" });
  await snapshotSaying(from, "new/er/d.yaml", "e");
  writeFileSync(join(root, ".a.yaml.new"), "renamed over");
  renameSync(join(root, ".a.yaml.new"), join(root, "a.yaml"));
  await snapshotSaying(from, "a.yaml", "renamed over");
  rmSync(join(root, "new"), { recursive: true });
  await snapshotSaying(from, "new/er/d.yaml", undefined);
});

test("a directory that is reached by a link is watched", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "1" });
  const link = join(temporaryFolder(), "link");
  symlinkSync(root, link);
  const from = await started(link);
  put(root, { "a.yaml": "2" });
  await snapshotSaying(from, "a.yaml", "2");
});

test("a revision names a content: a file that is put back brings the old revision back, and a touch brings none", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "1" });
  const from = await started(root);
  const first = from.latest!;
  utimesSync(join(root, "a.yaml"), 1, 1);
  await from.refresh();
  assert.is(from.latest, first);
  put(root, { "a.yaml": "2" });
  await snapshotSaying(from, "a.yaml", "2");
  put(root, { "a.yaml": "1" });
  assert.is((await snapshotSaying(from, "a.yaml", "1")).revision, first.revision);
});

test("a snapshot stays readable after its files were changed and removed", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "1", "b.yaml": "b" });
  const from = await started(root);
  const first = from.latest;
  put(root, { "a.yaml": "2" });
  rmSync(join(root, "b.yaml"));
  await snapshotSaying(from, "a.yaml", "2");
  assert.equal(await contents(first), { "a.yaml": "1", "b.yaml": "b" });
});

test("of a file that is written slowly no snapshot shows a part", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "whole\n" });
  const from = await started(root);
  const seen: (string | undefined)[] = [];
  from.onSnapshot(async (snapshot) => seen.push((await contents(snapshot))["slow.yaml"]));
  const file = openSync(join(root, "slow.yaml"), "w");
  for (let part = 0; part < 40; part++) {
    writeSync(file, `line ${part}\n`);
    await pause(10);
  }
  closeSync(file);
  const whole = Array.from({ length: 40 }, (_, part) => `line ${part}\n`).join("");
  await snapshotSaying(from, "slow.yaml", whole);
  assert.equal(seen, [whole]);
});

test("files that are written together come in together", async () => {
  const root = temporaryFolder();
  const names = Array.from({ length: 50 }, (_, index) => `f${index}.yaml`);
  put(root, Object.fromEntries(names.map((name) => [name, "0"])));
  const from = await started(root);
  const mixed: string[] = [];
  from.onSnapshot(async (snapshot) => {
    const values = new Set(Object.values(await contents(snapshot)));
    if (values.size !== 1) mixed.push([...values].join());
  });
  for (const round of ["1", "2", "3"]) {
    for (const name of names) {
      put(root, { [name]: round });
      await pause(2);
    }
    await snapshotSaying(from, "f49.yaml", round);
  }
  assert.equal(mixed, []);
});

test("a directory whose files never hold still is a problem, healed when they do", async () => {
  const root = temporaryFolder();
  put(root, { "a.yaml": "a" });
  const from = await started(root);
  let busy = true;
  const writer = (async () => {
    while (busy) {
      appendFileSync(join(root, "busy.yaml"), "x");
      await pause(5);
    }
  })();
  await problemWith(from, "source.unsteady");
  assert.equal(await contents(from.latest), { "a.yaml": "a" });
  busy = false;
  await writer;
  await problemWith(from, undefined);
  assert.ok((await contents(from.latest))["busy.yaml"]);
});

test("a directory that is removed or emptied changes nothing, and is read again when it is back", async () => {
  const root = join(temporaryFolder(), "fleet");
  put(root, { "a.yaml": "1" });
  const from = await started(root);
  renameSync(root, `${root}.away`);
  await problemWith(from, "source.unreachable");
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  mkdirSync(root);
  await from.refresh();
  assert.match(from.problems[0]?.message ?? "", "it holds no file");
  rmSync(root, { recursive: true });
  renameSync(`${root}.away`, root);
  await problemWith(from, undefined);
  put(root, { "a.yaml": "2" });
  await snapshotSaying(from, "a.yaml", "2");
});

test("links out of the directory, to folders and to nothing, devices and huge files reject when read", async () => {
  const root = temporaryFolder();
  const outside = temporaryFolder();
  put(outside, { "o.yaml": "secret" });
  put(root, {
    "a.yaml": "a",
    "in/b.yaml": "b",
    "huge.yaml": new Uint8Array(17 * 1024 * 1024),
    "odd\u0007.yaml": "o",
  });
  symlinkSync(join(outside, "o.yaml"), join(root, "out.yaml"));
  symlinkSync(outside, join(root, "folder-out"));
  symlinkSync("in", join(root, "folder-in"));
  symlinkSync("nothing", join(root, "dangling.yaml"));
  symlinkSync("/dev/zero", join(root, "zero.yaml"));
  symlinkSync(join(root, "in/b.yaml"), join(root, "absolute-inside.yaml"));
  assert.equal(await contents((await started(root)).latest), {
    "a.yaml": "a",
    "absolute-inside.yaml": "b",
    "dangling.yaml": "<source.link-refused>",
    "folder-in": "<source.link-refused>",
    "folder-out": "<source.link-refused>",
    "huge.yaml": "<source.file-too-large>",
    "in/b.yaml": "b",
    "odd\\u0007.yaml": "<source.name-refused>",
    "out.yaml": "<source.link-refused>",
    "zero.yaml": "<source.link-refused>",
  });
});

test("files mounted as Kubernetes mounts them are read, and their exchange is noticed", async () => {
  const root = temporaryFolder();
  put(root, { "..1/a.yaml": "1", "..2/a.yaml": "2" });
  symlinkSync("..1", join(root, "..data"));
  symlinkSync("..data/a.yaml", join(root, "a.yaml"));
  const from = await started(root);
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  symlinkSync("..2", join(root, "..data_tmp"));
  renameSync(join(root, "..data_tmp"), join(root, "..data"));
  await snapshotSaying(from, "a.yaml", "2");
});

test("ten thousand files are read once, and one change reads one", async () => {
  const root = temporaryFolder();
  for (let index = 0; index < 10_000; index++)
    put(root, { [`ns${index % 100}/o${index}.yaml`]: `n: ${index}\n` });
  const from = await started(root);
  const before = from.latest!;
  assert.is(before.files.size, 10_000);
  put(root, { "ns5/o5.yaml": "changed" });
  const after = await snapshotSaying(from, "ns5/o5.yaml", "changed");
  const changed = [...after.files].filter(([path, file]) => before.files.get(path) !== file);
  assert.equal(
    changed.map(([path]) => path),
    ["ns5/o5.yaml"],
  );
});

test("a path that is no directory is a problem that says so", async () => {
  const root = temporaryFolder();
  put(root, { "file.yaml": "a" });
  const from = await started(join(root, "file.yaml"));
  assert.match(from.problems[0]?.message ?? "", /Cannot read .*file\.yaml: ENOTDIR: not a directory;/);
});

test.run();

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { GitReader } from "../../controller/source/git.ts";
import { parseLocation } from "../../controller/source/location.ts";
import { openSource } from "../../controller/source/open-source.ts";
import type { Source, SourceOptions } from "../../controller/source/source.ts";
import { WatchedSource } from "../../controller/source/watched-source.ts";
import { problem } from "../../schemas/mod.ts";
import { GitRepository, temporaryFolder } from "./git-repository.ts";
import { contents, problemWith, snapshotWith } from "./snapshots.ts";

const open: Source[] = [];

function source(location: string, options: SourceOptions = {}): Source {
  const made = openSource(location, { folder: temporaryFolder(), pollIntervalMs: 200, ...options });
  open.push(made);
  return made;
}

async function started(location: string, options: SourceOptions = {}): Promise<Source> {
  const made = source(location, options);
  await made.start();
  return made;
}

test.after.each(async () => {
  for (const one of open.splice(0)) await one.close();
});

test("a snapshot has every file of the commit, with the blob id as version", async () => {
  const repository = new GitRepository();
  const commit = repository.commit({ "a.yaml": "a", "deep/er/b.yaml": "b", "modules/m.wasm": "\0asm" });
  const from = await started(repository.url);
  assert.is(from.latest?.revision, commit);
  assert.equal(await contents(from.latest), {
    "a.yaml": "a",
    "deep/er/b.yaml": "b",
    "modules/m.wasm": "\0asm",
  });
  assert.is(from.latest?.files.get("a.yaml")?.version, repository.git("rev-parse", "HEAD:a.yaml"));
  assert.is(from.latest?.files.get("deep/er/b.yaml")?.bytes, 1);
  assert.equal(from.problems, []);
});

test("a commit to a repository on this machine is noticed without a poll", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1", "same.yaml": "s" });
  const from = await started(repository.path, { git: true, pollIntervalMs: 3_600_000 });
  const before = from.latest!;
  for (const value of ["2", "3", "4"]) {
    const commit = repository.commit({ "a.yaml": value });
    const snapshot = await snapshotWith(from, (one) => one.revision === commit);
    assert.is((await contents(snapshot))["a.yaml"], value);
    assert.is(
      snapshot.files.get("same.yaml"),
      before.files.get("same.yaml"),
      "an unchanged file is the same object",
    );
  }
});

test("hidden files, installed packages and submodules are no part of a snapshot", async () => {
  const repository = new GitRepository();
  const sub = new GitRepository();
  sub.commit({ "x.yaml": "x" });
  repository.write(".github/w.yaml", "w");
  repository.write("node_modules/p/i.yaml", "p");
  repository.write("a.yaml", "a");
  repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", sub.path, "sub");
  repository.commit();
  assert.equal(await contents((await started(repository.url)).latest), { "a.yaml": "a" });
});

test("a branch, a tag, an annotated tag and a commit can be named", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  repository.git("tag", "v1");
  repository.git("tag", "-a", "-m", "first", "v1a");
  const second = repository.commit({ "a.yaml": "2" });
  repository.git("branch", "release/1");
  repository.commit({ "a.yaml": "3" });
  assert.is((await started(`${repository.url}#v1`)).latest?.revision, first);
  assert.is((await started(`${repository.url}#v1a`)).latest?.revision, first);
  assert.is((await started(`${repository.url}#refs/tags/v1`)).latest?.revision, first);
  assert.is((await started(`${repository.url}#release/1`)).latest?.revision, second);
  assert.is((await started(`${repository.path}#${second}`)).latest?.revision, second);
});

test("a branch goes before a tag of the same name", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  repository.git("tag", "both");
  const second = repository.commit({ "a.yaml": "2" });
  repository.git("branch", "both");
  assert.is((await started(`${repository.url}#both`)).latest?.revision, second);
});

test("a tag that is moved is followed", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  repository.git("tag", "live");
  const from = await started(`${repository.url}#live`);
  const second = repository.commit({ "a.yaml": "2" });
  repository.git("tag", "--force", "live");
  await snapshotWith(from, (one) => one.revision === second);
});

test("a force-push to an older or to an unrelated commit is followed, and older snapshots stay readable", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  repository.commit({ "a.yaml": "2" });
  const from = await started(repository.url);
  const before = from.latest!;
  repository.git("reset", "--quiet", "--hard", first);
  await snapshotWith(from, (one) => one.revision === first);
  repository.git("checkout", "--quiet", "--orphan", "other");
  const orphan = repository.commit({ "a.yaml": "other" });
  repository.git("branch", "--force", "main", orphan);
  repository.git("checkout", "--quiet", "main");
  repository.git("reflog", "expire", "--expire=now", "--all");
  repository.git("gc", "--quiet", "--prune=now");
  const snapshot = await snapshotWith(from, (one) => one.revision === orphan);
  assert.equal(await contents(snapshot), { "a.yaml": "other" });
  assert.equal(await contents(before), { "a.yaml": "2" });
});

test("a repository that vanishes changes nothing, and is read again when it is back", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  const from = await started(repository.url, { pollIntervalMs: 50 });
  renameSync(repository.path, `${repository.path}.away`);
  const found = await problemWith(from, "source.unreachable");
  assert.match(found?.message ?? "", "what was read last stays in force");
  assert.is(from.latest?.revision, first);
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  renameSync(`${repository.path}.away`, repository.path);
  const second = repository.commit({ "a.yaml": "2" });
  await problemWith(from, undefined);
  assert.is(from.latest?.revision, second);
  const third = repository.commit({ "a.yaml": "3" });
  await snapshotWith(from, (one) => one.revision === third);
});

test("a branch that disappears is a problem, and its last snapshot stays", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  repository.git("branch", "work");
  const from = await started(`${repository.url}#work`);
  repository.git("branch", "-D", "work");
  const found = await problemWith(from, "source.ref-missing");
  assert.match(found?.message ?? "", '"work"');
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  repository.git("branch", "work");
  await problemWith(from, undefined);
});

test("a repository that is not there yet, and one without a commit, heal", async () => {
  const path = join(temporaryFolder(), "later");
  const from = await started(`file://${path}`, { pollIntervalMs: 50 });
  assert.is(from.latest, undefined);
  assert.is(from.problems[0]?.code, "source.unreachable");
  const repository = new GitRepository(path);
  await problemWith(from, "source.ref-missing");
  const commit = repository.commit({ "a.yaml": "1" });
  await snapshotWith(from, (one) => one.revision === commit);
});

test("a sub-path is the root of the source, and its absence is a problem", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "a", "fleet/prod/b.yaml": "b" });
  const from = await started(`${repository.url}//fleet/prod#main`);
  assert.equal(await contents(from.latest), { "b.yaml": "b" });
  assert.is(from.location, `${repository.path}//fleet/prod#main`);
  repository.git("rm", "-r", "--quiet", "fleet");
  repository.commit();
  await problemWith(from, "source.subpath-missing");
  assert.equal(await contents(from.latest), { "b.yaml": "b" });
});

test("links are followed to files inside the source only", async () => {
  const repository = new GitRepository();
  writeFileSync(join(repository.path, "..", "outside.yaml"), "secret");
  repository.link("in/to-file.yaml", "../a.yaml");
  repository.link("to-link.yaml", "in/to-file.yaml");
  repository.link("absolute.yaml", "/etc/passwd");
  repository.link("outside.yaml", "../outside.yaml");
  repository.link("nowhere.yaml", "none.yaml");
  repository.link("circle.yaml", "circle.yaml");
  repository.link("folder.yaml", "in");
  repository.commit({ "a.yaml": "a" });
  assert.equal(await contents((await started(repository.url)).latest), {
    "a.yaml": "a",
    "in/to-file.yaml": "a",
    "to-link.yaml": "a",
    "absolute.yaml": "<source.link-refused>",
    "outside.yaml": "<source.link-refused>",
    "nowhere.yaml": "<source.link-refused>",
    "circle.yaml": "<source.link-refused>",
    "folder.yaml": "<source.link-refused>",
  });
  rmSync(join(repository.path, "..", "outside.yaml"));
});

test("a huge file, an LFS pointer and a name with a control character are listed and reject", async () => {
  const repository = new GitRepository();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;
  repository.commit({
    "a.yaml": "a",
    "huge.yaml": new Uint8Array(17 * 1024 * 1024),
    "big.wasm": pointer,
    "bad\u0007name.yaml": "b",
  });
  const { latest } = await started(repository.url);
  assert.equal(await contents(latest), {
    "a.yaml": "a",
    "huge.yaml": "<source.file-too-large>",
    "big.wasm": "<source.lfs-pointer>",
    "bad\\u0007name.yaml": "<source.name-refused>",
  });
});

test("a tree with a name that leaves its folder harms nobody", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "a" });
  const blob = repository.git("rev-parse", "HEAD:a.yaml");
  writeFileSync(
    join(repository.path, ".tree"),
    Buffer.concat([Buffer.from("100644 ..\0"), Buffer.from(blob, "hex")]),
  );
  const tree = repository.git("hash-object", "-t", "tree", "--literally", "-w", ".tree");
  repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", tree, "-m", "hostile"));
  const { latest, problems } = await started(repository.url);
  assert.equal(problems, []);
  assert.equal(await contents(latest), { "\\u002e\\u002e": "<source.name-refused>" });
});

test("a verifier decides whether a revision comes into force", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  const seen: string[] = [];
  const from = await started(repository.url, {
    verify: async ({ id, commit }) => {
      seen.push(id);
      assert.match(Buffer.from(commit).toString(), /^tree [0-9a-f]{40}\n/);
      return id === first ? undefined : problem("source.unreachable", { location: "x", reason: "unsigned" });
    },
  });
  const second = repository.commit({ "a.yaml": "2" });
  await problemWith(from, "source.unreachable");
  assert.is(from.latest?.revision, first);
  assert.equal(seen.slice(0, 2), [first, second]);
});

test("a store that a crash has torn, or a killed git has locked, is mended", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const folder = temporaryFolder();
  const first = await started(repository.url, { folder });
  await first.close();
  const store = join(folder, "objects.git");
  writeFileSync(join(store, "shallow.lock"), "");
  writeFileSync(join(store, "refs/netloom/0.lock"), "");
  const commit = repository.commit({ "a.yaml": "2" });
  const second = await started(repository.url, { folder });
  assert.is(second.latest?.revision, commit);
  await second.close();
  rmSync(join(store, "objects"), { recursive: true });
  writeFileSync(join(store, "shallow"), "torn");
  const third = await started(repository.url, { folder });
  assert.equal(third.problems, []);
  assert.equal(await contents(third.latest), { "a.yaml": "2" });
});

test("many revisions leave a small store, and snapshots stay readable while it is tidied", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "round 0", "keep.yaml": "k" });
  const folder = temporaryFolder();
  const location = parseLocation(repository.url);
  assert.ok(location.kind === "git");
  const reader = new GitReader(location, { folder, tidyAfter: 3 });
  const from = new WatchedSource(reader, { pollIntervalMs: 3_600_000, deadlineMs: 20_000 });
  open.push(from);
  await from.start();
  for (let round = 1; round <= 12; round++) {
    const before = from.latest;
    repository.commit({ "a.yaml": `round ${round}` });
    await from.refresh();
    assert.equal(await contents(before), { "a.yaml": `round ${round - 1}`, "keep.yaml": "k" });
    assert.equal(await contents(from.latest), { "a.yaml": `round ${round}`, "keep.yaml": "k" });
  }
  assert.equal(from.problems, []);
  const objects = readdirSync(join(folder, "objects.git/objects"), { recursive: true, withFileTypes: true });
  const loose = objects.filter((one) => one.isFile() && /^[0-9a-f]{38}$/.test(one.name));
  assert.ok(loose.length < 12, `${loose.length} loose objects are left of 12 revisions`);
});

test("a folder that cannot be used, and a machine without git, are problems that say so", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "a" });
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const blocked = await started(repository.url, { folder: join(file, "store") });
  assert.match(blocked.problems[0]?.message ?? "", /what is fetched cannot be kept in .*ENOTDIR/);
  const path = process.env.PATH;
  process.env.PATH = "/nonexistent";
  try {
    const without = await started(repository.url);
    assert.match(without.problems[0]?.message ?? "", /spawn git ENOENT/);
  } finally {
    process.env.PATH = path;
  }
});

test("neither the user's nor the repository's configuration, hooks or attributes have a say", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "a\n", ".gitattributes": "* filter=evil export-ignore\n" });
  const marker = join(temporaryFolder(), "ran");
  const home = temporaryFolder();
  writeFileSync(
    join(home, ".gitconfig"),
    `[url "file:///nowhere/"]\n\tinsteadOf = file:///\n[core]\n\thooksPath = ${home}\n[filter "evil"]\n\tsmudge = touch ${marker}\n`,
  );
  mkdirSync(join(home, "hooks"));
  const inherited = { HOME: process.env.HOME, GIT_DIR: process.env.GIT_DIR };
  process.env.HOME = home;
  process.env.GIT_DIR = "/nonexistent";
  try {
    const { latest, problems } = await started(repository.url);
    assert.equal(problems, []);
    assert.equal(await contents(latest), { "a.yaml": "a\n" });
    assert.throws(() => readFileSync(marker));
  } finally {
    process.env.HOME = inherited.HOME;
    delete process.env.GIT_DIR;
  }
});

test("ten thousand files come in, and one changed file costs one file", async () => {
  const repository = new GitRepository();
  for (let index = 0; index < 10_000; index++)
    repository.write(`ns${index % 100}/o${index}.yaml`, `n: ${index}\n`);
  repository.commit();
  const from = await started(repository.url);
  const before = from.latest!;
  assert.is(before.files.size, 10_000);
  const all = await contents(before);
  assert.is(all["ns99/o9999.yaml"], "n: 9999\n");
  const commit = repository.commit({ "ns5/o5.yaml": "changed" });
  const after = await snapshotWith(from, (one) => one.revision === commit);
  const changed = [...after.files].filter(([path, file]) => before.files.get(path) !== file);
  assert.equal(
    changed.map(([path]) => path),
    ["ns5/o5.yaml"],
  );
});

test.run();

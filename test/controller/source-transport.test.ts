import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSource } from "../../controller/source/open-source.ts";
import type { Source, SourceOptions } from "../../controller/source/source.ts";
import { GitRepository, temporaryFolder } from "./git-repository.ts";
import { GitServer, type GitServerOptions } from "./git-server.ts";
import { contents, problemWith, snapshotWith } from "./snapshots.ts";

const token = "s3cret-token";
const running: { close(): Promise<void> }[] = [];

async function started(location: string, options: SourceOptions = {}): Promise<Source> {
  const made = openSource(location, { folder: temporaryFolder(), pollIntervalMs: 100, ...options });
  running.push(made);
  await made.start();
  return made;
}

/** The URL of a repository on a server of its own. */
async function serve(
  repository: GitRepository,
  options: GitServerOptions = {},
): Promise<{ url: string; server: GitServer }> {
  const server = new GitServer(dirname(repository.path), options);
  const origin = await server.start();
  running.push({ close: () => server.stop() });
  return { url: `${origin}/${basename(repository.path)}/.git`, server };
}

test.after.each(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

test("a repository over http is fetched without its history, and polled", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "0", "old.yaml": "only in history" });
  repository.git("rm", "--quiet", "old.yaml");
  repository.commit({ "a.yaml": "1" });
  const folder = temporaryFolder();
  const { url } = await serve(repository);
  const from = await started(`${url}#main`, { folder });
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  const commits = execFileSync("git", ["--git-dir", join(folder, "objects.git"), "rev-list", "--all"], {
    encoding: "utf8",
  });
  assert.is(commits.trim().split("\n").length, 1);
  const commit = repository.commit({ "a.yaml": "2" });
  await snapshotWith(from, (one) => one.revision === commit);
});

test("a look at a remote that has not changed asks for refs and fetches nothing", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const { url, server } = await serve(repository);
  const from = await started(url, { pollIntervalMs: 3_600_000 });
  const before = from.latest;
  server.requests.length = 0;
  await from.refresh();
  assert.is(from.latest, before);
  assert.is(server.requests.filter((one) => one.startsWith("GET")).length, 1);
  assert.ok(server.requests.length <= 2, server.requests.join());
});

test("over http a force-push, a rewritten and collected history and a moved tag are followed", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  repository.commit({ "a.yaml": "2" });
  repository.git("tag", "live", first);
  const { url } = await serve(repository);
  const branch = await started(`${url}#main`);
  const tag = await started(`${url}#live`);
  assert.is(tag.latest?.revision, first);
  repository.git("checkout", "--quiet", "--orphan", "fresh");
  const orphan = repository.commit({ "a.yaml": "fresh" });
  repository.git("branch", "--force", "main", orphan);
  repository.git("tag", "--force", "live", orphan);
  repository.git("reflog", "expire", "--expire=now", "--all");
  repository.git("gc", "--quiet", "--prune=now");
  await snapshotWith(branch, (one) => one.revision === orphan);
  await snapshotWith(tag, (one) => one.revision === orphan);
});

test("a token from a file opens an https repository, and is nowhere else", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const { url, server } = await serve(repository, { tls: true, token });
  const tokenFile = join(temporaryFolder(), "it's a token");
  writeFileSync(tokenFile, "wrong\n");
  const folder = temporaryFolder();
  const from = await started(url, { folder, credentials: { tokenFile, caFile: server.caFile! } });
  assert.match(from.problems[0]?.message ?? "", /Authentication failed|could not read Username/);
  writeFileSync(tokenFile, `${token}\n`);
  await problemWith(from, undefined);
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  const seen = [JSON.stringify(from.problems), from.location];
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) seen.push(readFileSync(join(file.parentPath, file.name), "latin1"));
  }
  assert.not.match(seen.join("\n"), token);
});

test("a server whose certificate is not trusted gets no token", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const tokenFile = join(temporaryFolder(), "token");
  writeFileSync(tokenFile, token);
  const { url, server } = await serve(repository, { tls: true, token });
  const from = await started(url, { credentials: { tokenFile } });
  assert.match(from.problems[0]?.message ?? "", /certificate/);
  assert.equal(server.requests, []);
});

test("a redirection to another server takes no token along, and one to another transport is refused", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const sent: (string | undefined)[] = [];
  const other = new GitServer("/", {
    intercept: (request, response) => {
      sent.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return true;
    },
  });
  const elsewhere = await other.start();
  running.push({ close: () => other.stop() });
  for (const target of [
    `${elsewhere}/x/.git/info/refs?service=git-upload-pack`,
    `file://${repository.path}`,
  ]) {
    const { url, server } = await serve(repository, {
      tls: true,
      intercept: (_, response) => {
        response.writeHead(302, { location: target }).end();
        return true;
      },
    });
    const tokenFile = join(temporaryFolder(), "token");
    writeFileSync(tokenFile, token);
    const from = await started(url, { credentials: { tokenFile, caFile: server.caFile! } });
    assert.is(from.problems[0]?.code, "source.unreachable");
    assert.is(from.latest, undefined);
  }
  assert.ok(sent.every((one) => one === undefined));
});

test("a token is not sent over http", () => {
  const open = () =>
    openSource("http://git.example/fleet", { folder: "/nowhere", credentials: { tokenFile: "/t" } });
  assert.throws(open, /a token goes over https only/);
});

test("a server that never answers is given up at the deadline, and asked again", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  let isHanging = true;
  const { url } = await serve(repository, { intercept: () => isHanging });
  const from = await started(url, { fetchTimeoutMs: 300 });
  assert.match(from.problems[0]?.message ?? "", /took longer than 0.3 s/);
  isHanging = false;
  // The next looks have the same deadline, on a machine that may be busy.
  await problemWith(from, undefined);
  assert.ok(from.latest);
});

test("a server that breaks off in the middle of a pack changes nothing", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  let isBreaking = false;
  const { url } = await serve(repository, {
    intercept: (request, response) => {
      if (!isBreaking || request.method !== "POST") return false;
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
      response.write("000dpackfile\n0023\x01PACK\0\0\0\x02");
      response.destroy();
      return true;
    },
  });
  const from = await started(url);
  isBreaking = true;
  const commit = repository.commit({ "a.yaml": "2" });
  await problemWith(from, "source.unreachable");
  assert.equal(await contents(from.latest), { "a.yaml": "1" });
  isBreaking = false;
  await snapshotWith(from, (one) => one.revision === commit);
});

test("a commit is fetched by its id, and where the server gives out refs only, from among them", async () => {
  const repository = new GitRepository();
  const first = repository.commit({ "a.yaml": "1" });
  repository.commit({ "a.yaml": "2" });
  const { url } = await serve(repository);
  assert.is((await started(`${url}#${first}`)).latest?.revision, first);
  const old = await serve(repository, {
    intercept: (request) => {
      // Without protocol version 2 a server may refuse what no ref points to.
      delete request.headers["git-protocol"];
      return false;
    },
  });
  assert.is((await started(`${old.url}#${first}`)).latest?.revision, first);
  const missing = await started(`${old.url}#${"1".repeat(40)}`);
  assert.is(missing.problems[0]?.code, "source.ref-missing");
});

test("a repository that is itself shallow, and one with SHA-256 ids, are read", async () => {
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "1" });
  const second = repository.commit({ "a.yaml": "2" });
  const clone = join(temporaryFolder(), "clone");
  repository.git("clone", "--quiet", "--depth=1", repository.url, clone);
  assert.is((await started(`file://${clone}`)).latest?.revision, second);
  const path = temporaryFolder();
  execFileSync("git", ["init", "--quiet", "--object-format=sha256", "--initial-branch=main", path]);
  const modern = new GitRepository(path);
  const commit = modern.commit({ "a.yaml": "3" });
  const from = await started(modern.url);
  assert.is(from.latest?.revision, commit);
  assert.is(commit.length, 64);
  assert.equal(await contents(from.latest), { "a.yaml": "3" });
});

test("ssh is asked in batch mode with the given key and known hosts alone", async () => {
  const folder = temporaryFolder();
  const bin = temporaryFolder();
  // Stands in for ssh: says how it was called, as a server that refuses would.
  writeFileSync(join(bin, "ssh"), '#!/bin/sh\necho "denied: $*" >&2\nexit 255\n', { mode: 0o755 });
  const path = process.env.PATH;
  process.env.PATH = `${bin}:${path}`;
  try {
    const credentials = { sshKeyFile: "/keys/it's mine", knownHostsFile: "/keys/known hosts" };
    const from = await started("git@127.0.0.1:team/fleet.git#main", { folder, credentials });
    const { message } = from.problems[0]!;
    for (const part of [
      "-oBatchMode=yes",
      "-oStrictHostKeyChecking=yes",
      "-F/dev/null",
      "-i/keys/it's mine",
      "-oUserKnownHostsFile=/keys/known hosts",
    ]) {
      assert.ok(message.includes(part), `${part} in ${message}`);
    }
  } finally {
    process.env.PATH = path;
  }
});

test.run();

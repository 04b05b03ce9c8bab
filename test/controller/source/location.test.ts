import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LocationOptions, parseLocation } from "../../../controller/source/location.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { GitRepository, temporaryFolder } from "../git-repository.ts";

const here = process.cwd();

test("locations are read as the documentation says", () => {
  const table: [string, LocationOptions, Record<string, unknown>][] = [
    ["fleet", {}, { kind: "directory", path: join(here, "fleet") }],
    ["fleet//prod", {}, { kind: "directory", path: join(here, "fleet/prod") }],
    ["fleet", { subpath: "prod" }, { kind: "directory", path: join(here, "fleet/prod") }],
    ["/srv/fleet#main", {}, { kind: "git", url: "file:///srv/fleet", ref: "main", subpath: "" }],
    ["/srv/fleet", { git: true }, { kind: "git", url: "file:///srv/fleet", ref: undefined }],
    ["/srv/fleet", { ref: "v1" }, { kind: "git", url: "file:///srv/fleet", ref: "v1" }],
    ["/srv/with space#a/b", {}, { kind: "git", url: "file:///srv/with%20space", ref: "a/b" }],
    ["file:///srv/fleet//prod/eu", {}, { url: "file:///srv/fleet", subpath: "prod/eu", scheme: "file" }],
    [
      "https://git.example/team/fleet.git//prod#v1.2",
      {},
      { url: "https://git.example/team/fleet.git", subpath: "prod", ref: "v1.2", scheme: "https" },
    ],
    ["ssh://git@git.example:2222/fleet", {}, { url: "ssh://git@git.example:2222/fleet", scheme: "ssh" }],
    [
      "git@git.example:team/fleet.git#main",
      {},
      { url: "git@git.example:team/fleet.git", scheme: "ssh", ref: "main" },
    ],
    ["https://git.example/a", {}, { shown: "https://git.example/a" }],
  ];
  for (const [text, options, expected] of table) {
    const parsed = parseLocation(text, options) as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(expected))
      assert.equal(parsed[name], value, `${name} of ${text}`);
  }
});

test("a bare repository is a git source without being told", () => {
  const bare = join(temporaryFolder(), "fleet.git");
  const repository = new GitRepository();
  repository.commit({ "a.yaml": "a" });
  repository.git("clone", "--quiet", "--bare", repository.path, bare);
  assert.is(parseLocation(bare).kind, "git");
  assert.is(parseLocation(repository.path).kind, "directory");
});

test("what is no location is refused, and says why", () => {
  const table: [string, LocationOptions, RegExp][] = [
    ["", {}, /names no place/],
    ["#main", {}, /names no place/],
    ["--upload-pack=evil", {}, /names no place/],
    ["ext::sh -c evil#main", { git: true }, /./],
    ["git://git.example/fleet", {}, /"git" is none of file, ssh, https and http/],
    ["https://user:hunter2@git.example/fleet", {}, /holds a password/],
    ["https://git.example/fleet?token=1", {}, /has a query/],
    ["file://host/fleet", {}, /names no host/],
    ["/srv/fleet//../etc#main", {}, /leaves the source/],
    ["/srv/fleet#-evil", {}, /cannot be the name of a branch/],
    ["/srv/fleet#a..b", {}, /cannot be the name of a branch/],
    ["/srv/fleet#a b", {}, /cannot be the name of a branch/],
    ["/srv/fleet#main", { ref: "main" }, /given twice/],
    ["/srv/fleet//a#main", { subpath: "a" }, /given twice/],
  ];
  for (const [text, options, reason] of table) {
    try {
      const parsed = parseLocation(text, options);
      // A path that only looks like a transport is a path.
      assert.match((parsed as { url: string }).url, /^file:\/\/\//, text);
    } catch (error) {
      assert.instance(error, ProblemError, text);
      assert.match((error as ProblemError).message, reason);
      assert.not.match((error as ProblemError).message, "hunter2");
    }
  }
});

test.run();

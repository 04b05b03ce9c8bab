import { test } from "uvu";
import * as assert from "uvu/assert";
import { Intake } from "../../controller/intake.ts";
import { openSource } from "../../controller/source/open-source.ts";
import type { Snapshot } from "../../schemas/mod.ts";
import { snapshotOf } from "./fake-source.ts";
import { fleetYaml, modules } from "./fixtures.ts";
import { GitRepository, temporaryFolder } from "./git-repository.ts";

const good = fleetYaml(["nas"]);
const rule = "Rule/default/ping";
const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

async function take(intake: Intake, snapshot: Snapshot): ReturnType<Intake["read"]> {
  const desired = await intake.read(snapshot);
  intake.accept(desired);
  return desired;
}

async function snapshotFrom(repository: GitRepository): Promise<Snapshot> {
  const source = openSource(repository.url, { folder: temporaryFolder() });
  await source.start();
  const { latest } = source;
  assert.ok(latest, JSON.stringify(source.problems));
  for (const file of latest.files.values()) await file.read().catch(() => undefined);
  closing.push(() => source.close());
  return latest;
}

const closing: (() => Promise<void>)[] = [];
test.after.each(async () => {
  for (const close of closing.splice(0)) await close();
});

test("a program that the source cannot give is a problem of the objects that name it, and of no others", async () => {
  const repository = new GitRepository();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 99\n`;
  const withFile = good["rules.yaml"]!.replace("{standard: icmp-echo}", "{wasm: modules/echo.wasm}");
  repository.commit({ ...good, "rules.yaml": withFile, "modules/echo.wasm": pointer });
  const { objects, problems } = await take(new Intake(modules), await snapshotFrom(repository));
  assert.equal(
    problems.map(({ code, object, position }) => [code, object, position?.file]),
    [["source.lfs-pointer", rule, "rules.yaml"]],
  );
  assert.equal([...objects.keys()].sort(), ["Host/default/gw", "Host/default/nas"]);
});

test("a file that the source cannot give holds what was read from it", async () => {
  const repository = new GitRepository();
  repository.commit(good);
  const intake = new Intake(modules);
  await take(intake, await snapshotFrom(repository));
  repository.git("rm", "--quiet", "rules.yaml");
  repository.link("rules.yaml", "/etc/hostname");
  repository.commit();
  const { objects, problems } = await take(intake, await snapshotFrom(repository));
  assert.ok(objects.has(rule));
  assert.equal([...new Set(problems.map(({ code }) => code))], ["source.link-refused"]);
  assert.ok(problems.some(({ object }) => object === rule));
});

test("a version is the object and its programs: either changes it, layout and comments do not", async () => {
  const intake = new Intake(modules);
  const files = {
    ...good,
    "rules.yaml": good["rules.yaml"]!.replace("{standard: icmp-echo}", "{wasm: ./modules/echo.wasm}"),
    "modules/echo.wasm": wasm,
  };
  const first = (await take(intake, snapshotOf(files))).objects.get(rule)!;
  const commented = { ...files, "rules.yaml": `# a comment\n${files["rules.yaml"]}` };
  const second = (await take(intake, snapshotOf(commented))).objects.get(rule)!;
  assert.equal([second.version, second.revision], [first.version, first.revision]);
  const rebuilt = { ...commented, "modules/echo.wasm": Uint8Array.of(...wasm, 0, 1, 0) };
  const third = (await take(intake, snapshotOf(rebuilt))).objects.get(rule)!;
  assert.is.not(third.version, first.version);
  assert.is.not(third.revision, first.revision);
});

test("problems point at the line that an object stands on now", async () => {
  const intake = new Intake(modules);
  await take(intake, snapshotOf(good));
  const moved = { "hosts.yaml": "# empty\n", "rules.yaml": `# one\n# two\n${good["rules.yaml"]}` };
  const { problems } = await take(intake, snapshotOf(moved));
  const [found] = problems.filter(({ object }) => object === rule);
  assert.is(found?.position?.line, 7, JSON.stringify(found));
});

test("what was read and not accepted leaves no trace", async () => {
  const intake = new Intake(modules);
  await take(intake, snapshotOf(good));
  await intake.read(snapshotOf({ "hosts.yaml": good["hosts.yaml"]! }));
  const { objects } = await take(intake, snapshotOf({ ...good, "rules.yaml": "kind: [" }));
  assert.ok(objects.has(rule));
});

test.run();

import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { EngineContext } from "../../../daemon/engine.ts";
import { inverseEngine } from "../../../daemon/inverse/mod.ts";
import { problemOf, type Unit, unitDigest } from "../../../schemas/mod.ts";
import { FakeEngine } from "../fake-engine.ts";
import { Fixture, quiet } from "../fixture.ts";

const test = suite<{ folder: string }>("plug-ins for middleboxes");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "netloom-plugins-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const context: EngineContext = {
  changed: () => undefined,
  powered: () => undefined,
  log: quiet,
  artifact: async () => new Uint8Array(),
  secret: async () => new Uint8Array(),
};
const file = "netloom-default.tag.inverse-wireshark-0.lua";

function unitOf(text: string): { unit: Unit; priority: number; artifacts: Map<string, Uint8Array> } {
  const bytes = Buffer.from(text);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const content = {
    id: "Customization/default/tag/inverse-wireshark-0",
    engine: "inverse" as const,
    spec: { role: "inverse", middlebox: "wireshark" },
    artifacts: [{ name: "plugin", digest, bytes: bytes.length }],
  };
  return {
    unit: { ...content, digest: unitDigest(content) },
    priority: 1,
    artifacts: new Map([["plugin", bytes]]),
  };
}

const codeOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => problemOf(error).code,
  );

test("a plug-in is there when it is installed, replaced in one step, and gone when it is revoked", async ({
  folder,
}) => {
  writeFileSync(join(folder, "theirs.lua"), "-- somebody else's");
  const engine = inverseEngine({ wireshark: folder });
  const first = unitOf("-- one");
  await engine.install(first);
  assert.is(readFileSync(join(folder, file), "utf8"), "-- one");
  assert.is(statSync(join(folder, file)).mode & 0o777, 0o644);
  await engine.setState(first.unit.id, "active");
  await engine.install(unitOf("-- two"));
  assert.is(readFileSync(join(folder, file), "utf8"), "-- two");
  assert.equal(
    engine.observe().map(({ state, digest }) => [state, digest]),
    [["active", unitOf("-- two").unit.digest]],
  );
  assert.equal(readdirSync(folder).sort(), [file, "theirs.lua"]);
  await engine.revoke(first.unit.id);
  await engine.revoke(first.unit.id);
  assert.equal(readdirSync(folder), ["theirs.lua"]);
  assert.equal(engine.observe(), []);
});

test("what a crash left is cleared, what is not netloom's own is not", async ({ folder }) => {
  const theirs = ["netloom-theirs.lua", "dns.lua", "netloom-default.tag.lua", "x-netloom-a.b.inverse-c.lua"];
  const left = [file, `${file}.unfinished`, "netloom-default.gone.inverse-wireshark-3.lua"];
  for (const name of [...theirs, ...left]) writeFileSync(join(folder, name), "");
  await inverseEngine({ wireshark: folder }).start(context);
  assert.equal(readdirSync(folder).sort(), [...theirs].sort());
  await inverseEngine({ wireshark: join(folder, "absent") }).start(context);
});

test("a file that somebody deletes is not there any more, so that it is installed anew", async ({
  folder,
}) => {
  const engine = inverseEngine({ wireshark: folder });
  await engine.install(unitOf("-- one"));
  rmSync(join(folder, file));
  await engine.refresh?.();
  assert.equal(engine.observe(), []);
});

test("when the daemon stops, nothing of it is left", async ({ folder }) => {
  const engine = inverseEngine({ wireshark: folder });
  await engine.install(unitOf("-- one"));
  await engine.stop();
  assert.equal(readdirSync(folder), []);
});

test("what is in the way is not overwritten, nor is a link followed", async ({ folder }) => {
  const engine = inverseEngine({ wireshark: folder });
  mkdirSync(join(folder, file));
  assert.is(await codeOf(engine.install(unitOf("-- one"))), "plugin.conflict");
  rmSync(join(folder, file), { recursive: true });
  writeFileSync(join(folder, "precious"), "kept");
  symlinkSync(join(folder, "precious"), join(folder, file));
  assert.is(await codeOf(engine.install(unitOf("-- one"))), "plugin.conflict");
  rmSync(join(folder, file));
  symlinkSync(join(folder, "precious"), join(folder, `${file}.unfinished`));
  await engine.install(unitOf("-- one"));
  assert.is(readFileSync(join(folder, "precious"), "utf8"), "kept");
});

test("a folder that cannot be written is a problem, and so is a middlebox that nobody knows", async ({
  folder,
}) => {
  const blocked = join(folder, "file");
  writeFileSync(blocked, "");
  const engine = inverseEngine({ wireshark: join(blocked, "plugins") });
  assert.is(await codeOf(engine.install(unitOf("-- one"))), "plugin.unwritable");
  const odd = unitOf("-- one");
  odd.unit = { ...odd.unit, spec: { role: "inverse", middlebox: "toString" } };
  assert.is(await codeOf(engine.install(odd)), "unit.invalid");
});

test("a host that customizes nothing itself takes plug-ins, and still has them after a restart", async ({
  folder,
}) => {
  const at = new Fixture();
  const engines = () => {
    const layer45 = new FakeEngine("layer45");
    layer45.available = false;
    return [layer45, inverseEngine({ wireshark: folder })];
  };
  try {
    await at.start(engines());
    await at.bus.blobs.put(Buffer.from("-- one"));
    const serving = await at.bus.blobs.serve();
    const { unit } = unitOf("-- one");
    const activate = { verb: "activate", unit: unit.id, digest: unit.digest } as const;
    assert.equal(await at.codes({ verb: "install", unit, priority: 1 }, activate), ["ack", "ack"]);
    serving.unsubscribe();
    await at.stop();
    assert.equal(readdirSync(folder), []);
    await at.start(engines());
    assert.is(readFileSync(join(folder, file), "utf8"), "-- one");
    assert.equal(await at.codes({ verb: "revoke", unit: unit.id }), ["ack"]);
    assert.equal(readdirSync(folder), []);
  } finally {
    await at.end();
  }
});

test.run();

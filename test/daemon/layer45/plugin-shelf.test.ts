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
import { PluginShelf } from "../../../daemon/layer45/plugin-shelf.ts";
import { problemOf, type Unit, unitDigest } from "../../../schemas/mod.ts";

const test = suite<{ folder: string }>("plug-ins for middleboxes");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "netloom-plugins-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const file = "netloom-default.tag.inverse-wireshark-0.lua";

function unitOf(text: string): { unit: Unit; priority: number; artifacts: Map<string, Uint8Array> } {
  const bytes = Buffer.from(text);
  const digest = createHash("sha256").update(bytes).digest("hex");
  const content = {
    id: "Customization/default/tag/inverse-wireshark-0",
    engine: "layer45" as const,
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
  const shelf = new PluginShelf({ wireshark: folder });
  const first = unitOf("-- one");
  await shelf.install(first);
  assert.is(readFileSync(join(folder, file), "utf8"), "-- one");
  assert.is(statSync(join(folder, file)).mode & 0o777, 0o644);
  shelf.setState(first.unit.id, "active");
  await shelf.install(unitOf("-- two"));
  assert.is(readFileSync(join(folder, file), "utf8"), "-- two");
  assert.equal(
    shelf.observe().map(({ state, digest }) => [state, digest]),
    [["active", unitOf("-- two").unit.digest]],
  );
  assert.equal(readdirSync(folder).sort(), [file, "theirs.lua"]);
  await shelf.revoke(first.unit.id);
  await shelf.revoke(first.unit.id);
  assert.equal(readdirSync(folder), ["theirs.lua"]);
  assert.equal(shelf.observe(), []);
});

test("what a crash left is cleared, what is not netloom's own is not", async ({ folder }) => {
  const theirs = ["netloom-theirs.lua", "dns.lua", "netloom-default.tag.lua", "x-netloom-a.b.inverse-c.lua"];
  const left = [file, `${file}.unfinished`, "netloom-default.gone.inverse-wireshark-3.lua"];
  for (const name of [...theirs, ...left]) writeFileSync(join(folder, name), "");
  await new PluginShelf({ wireshark: folder }).sweep();
  assert.equal(readdirSync(folder).sort(), [...theirs].sort());
  await new PluginShelf({ wireshark: join(folder, "absent") }).sweep();
});

test("a file that somebody deletes is not there any more, so that it is installed anew", async ({
  folder,
}) => {
  const shelf = new PluginShelf({ wireshark: folder });
  await shelf.install(unitOf("-- one"));
  rmSync(join(folder, file));
  await shelf.refresh();
  assert.equal(shelf.observe(), []);
});

test("when the daemon stops, nothing of it is left", async ({ folder }) => {
  const shelf = new PluginShelf({ wireshark: folder });
  await shelf.install(unitOf("-- one"));
  await shelf.clear();
  assert.equal(readdirSync(folder), []);
});

test("what is in the way is not overwritten, nor is a link followed", async ({ folder }) => {
  const shelf = new PluginShelf({ wireshark: folder });
  mkdirSync(join(folder, file));
  assert.is(await codeOf(shelf.install(unitOf("-- one"))), "plugin.conflict");
  rmSync(join(folder, file), { recursive: true });
  writeFileSync(join(folder, "precious"), "kept");
  symlinkSync(join(folder, "precious"), join(folder, file));
  assert.is(await codeOf(shelf.install(unitOf("-- one"))), "plugin.conflict");
  rmSync(join(folder, file));
  symlinkSync(join(folder, "precious"), join(folder, `${file}.unfinished`));
  await shelf.install(unitOf("-- one"));
  assert.is(readFileSync(join(folder, "precious"), "utf8"), "kept");
});

test("a folder that cannot be written is a problem, and so is a middlebox that nobody knows", async ({
  folder,
}) => {
  const blocked = join(folder, "file");
  writeFileSync(blocked, "");
  const shelf = new PluginShelf({ wireshark: join(blocked, "plugins") });
  assert.is(await codeOf(shelf.install(unitOf("-- one"))), "plugin.unwritable");
  const odd = unitOf("-- one");
  odd.unit = { ...odd.unit, spec: { role: "inverse", middlebox: "toString" } };
  assert.is(await codeOf(shelf.install(odd)), "unit.invalid");
});

test.run();

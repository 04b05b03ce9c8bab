import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inverseEngine } from "../../../daemon/inverse/mod.ts";
import { findWiresharkFolder } from "../../../daemon/linux/mod.ts";
import { sha256 } from "../../../daemon/store/checked-file.ts";
import { unitDigest } from "../../../schemas/mod.ts";
import { Fixture } from "../fixture.ts";

const test = suite<{ at: Fixture; folder: string }>("tshark with what a customization brings it");

/** Reads DNS requests that have a tag of eight bytes in front (layer-4.5 §3.4). */
const dissector = `
local tagged = Proto("nldnstag", "DNS with a tag")
local tag = ProtoField.string("nldnstag.tag", "Tag")
tagged.fields = { tag }
function tagged.dissector(buffer, info, tree)
  tree:add(tagged, buffer(0, 8)):add(tag, buffer(0, 8))
  Dissector.get("dns"):call(buffer(8):tvb(), info, tree)
end
DissectorTable.get("udp.port"):add(5399, tagged)
`;

test.before.each(async (context) => {
  const found = await findWiresharkFolder();
  assert.ok("folder" in found, "tshark is there");
  context.folder = found.folder;
  // Of this test's own mount namespace, so that the machine's stays as it is.
  execFileSync("mount", ["-t", "tmpfs", "none", found.folder]);
  context.at = new Fixture();
  await context.at.start([inverseEngine()]);
});
test.after.each(async ({ at, folder }) => {
  await at.end();
  execFileSync("umount", [folder]);
});

/** A request for "a.example" behind a tag. */
const message = Buffer.concat([
  Buffer.from("Xdig0001"),
  Buffer.from("beef01000001000000000000", "hex"),
  Buffer.from("\u0001a\u0007example\u0000", "latin1"),
  Buffer.from("00010001", "hex"),
]);

/** What tshark says of the message on its way over the loopback. */
async function seen(): Promise<string> {
  const fields = ["nldnstag.tag", "dns.qry.name"].flatMap((field) => ["-e", field]);
  const hasPlugin = readdirSync(((await findWiresharkFolder()) as { folder: string }).folder).length > 0;
  const args = ["-i", "lo", "-f", "udp port 5399", "-c", "1", "-l", "-T", "fields"];
  const tshark = spawn("tshark", [...args, ...(hasPlugin ? fields : ["-e", "_ws.col.Protocol"])]);
  const socket = createSocket("udp4");
  let said = "";
  tshark.stdout.on("data", (bytes) => {
    said += bytes;
  });
  const ended = once(tshark, "exit");
  const sending = setInterval(() => socket.send(message, 5399, "127.0.0.1"), 100);
  await ended;
  clearInterval(sending);
  socket.close();
  return said.trim();
}

test("shows customized packets decoded for as long as the customization's inverse is installed", async ({
  at,
}) => {
  const content = Buffer.from(dissector);
  const digest = await at.bus.blobs.put(content);
  assert.is(digest, sha256(content));
  const serving = await at.bus.blobs.serve();
  const made = {
    id: "Customization/default/dns-tag/inverse-wireshark-0",
    engine: "inverse" as const,
    spec: { role: "inverse", middlebox: "wireshark" },
    artifacts: [{ name: "plugin", digest, bytes: content.length }],
  };
  const unit = { ...made, digest: unitDigest(made) };
  assert.is(await seen(), "UDP");
  const activate = { verb: "activate", unit: unit.id, digest: unit.digest } as const;
  assert.equal(await at.codes({ verb: "install", unit, priority: 1 }, activate), ["ack", "ack"]);
  assert.is(await seen(), "Xdig0001\ta.example");
  await at.stop();
  assert.is(await seen(), "UDP", "a daemon that is stopped leaves nothing");
  await at.start([inverseEngine()]);
  assert.is(await seen(), "Xdig0001\ta.example", "restored");
  assert.equal(await at.codes({ verb: "revoke", unit: unit.id }), ["ack"]);
  assert.is(await seen(), "UDP");
  serving.unsubscribe();
});

test.run();

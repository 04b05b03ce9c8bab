import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { abiOf, customizationAbi, standardModule, standardModuleNames } from "../../modules/mod.ts";
import { buildText } from "./build-text.ts";
import { dissect } from "./dissect.ts";
import { udp } from "./packets.ts";
import { datagram as datagramThrough, runCustomization } from "./run-customization.ts";
import { onlyAnswer, type RuleOptions, type RunningRule, runModule } from "./run-rule.ts";
import { runStreamRule } from "./run-stream-rule.ts";

const docs = resolve(import.meta.dirname, "../../../docs");
const guide = readFileSync(resolve(docs, "writing-modules.md"), "utf8");
const layer45 = readFileSync(resolve(docs, "layer45.md"), "utf8");
const examples = [...guide.matchAll(/```(ts|c)\n(.*?)```/gs)].map((found) => ({
  ending: found[1],
  source: found[2] as string,
}));
const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const datagram = (text: string, port = 5100): Buffer => udp(v4, [40_000, port], text);

function run(index: number, options: RuleOptions = {}): Promise<RunningRule> {
  const { source, ending } = examples[index] as { source: string; ending: "ts" | "c" };
  return build(source, ending, options);
}

async function build(source: string, ending: "ts" | "c", options: RuleOptions = {}): Promise<RunningRule> {
  return runModule(await buildText(source, ending), options);
}

test("the first example greets, and wakes when it is asked to", async () => {
  const rule = await run(0);
  const answer = onlyAnswer(rule.packet(datagram("who is there?")));
  assert.equal(dissect([answer], ["ip.dst", "udp.dstport", "udp.checksum.status", "data.data"]), [
    ["10.0.0.9", "40000", "1", Buffer.from("hello").toString("hex")],
  ]);
  assert.equal(rule.packet(datagram("please")), ["wake"]);
});

test("the example in C echoes, and wakes when it is asked to", async () => {
  const rule = await run(1);
  assert.is(
    onlyAnswer(rule.packet(datagram("hello")))
      .subarray(28)
      .toString(),
    "hello",
  );
  assert.equal(rule.packet(datagram("please")), ["wake"]);
});

test("the example with a configuration wakes for its ports, and says what is wrong", async () => {
  const rule = await run(2, { config: { ports: [7] } });
  assert.equal([rule.packet(datagram("x", 7)), rule.packet(datagram("x", 8))], [["wake"], []]);
  try {
    await run(2);
    assert.unreachable("a configuration without ports was accepted");
  } catch (error) {
    assert.match((error as Error).message, '"ports" should be a list of ports');
  }
});

test("the example that speaks on TCP greets, and leaves all else to the host", async () => {
  const { source, ending } = examples[3] as { source: string; ending: "ts" };
  const rule = runStreamRule(await buildText(source, ending));
  assert.equal(rule.data(7, "hello\n"), ["send 7 asleep\n"]);
  assert.equal(rule.data(7, "GET /"), ["hand-over 7 GET /"]);
  assert.is(rule.end(7), false);
});

test("a rule in C speaks on TCP too", async () => {
  const source = `#include "netloom.h"
    NETLOOM_RULE
    static uint8_t room[64];
    static netloom_streams streams = {room, sizeof room};
    NETLOOM_EXPORT(stream_data) uint8_t *stream_data(uint32_t connection, uint8_t *message) {
      netloom_streams_begin(&streams);
      if (!netloom_stream_send(&streams, connection, message + 4, netloom_host32(message)))
        netloom_stream_reset(&streams, connection);
      else netloom_stream_close(&streams, connection);
      return netloom_streams_finish(&streams);
    }
    NETLOOM_EXPORT(stream_end) uint8_t *stream_end(uint32_t connection) {
      netloom_streams_begin(&streams);
      netloom_stream_wake(&streams);
      netloom_stream_hand_over(&streams, connection, "x", 1);
      return netloom_streams_finish(&streams);
    }`;
  const rule = runStreamRule(await buildText(source, "c"));
  assert.equal(rule.data(7, "hello"), ["send 7 hello", "close 7"]);
  assert.equal(rule.data(7, "x".repeat(51)), ["reset 7"], "no room");
  assert.equal(rule.end(7), ["wake", "hand-over 7 x"]);
});

test("the example of a customization turns letters, and turns them back", async () => {
  const { source, ending } = examples[4] as { source: string; ending: "ts" };
  const wasm = await buildText(source, ending);
  const sender = runCustomization(wasm, { config: { by: 3 } });
  const receiver = runCustomization(wasm, { role: "receiver", config: { by: 3 } });
  const sent = datagramThrough(sender, "send", Buffer.from("Xyz 1"));
  assert.is((sent as Buffer).toString("latin1"), "\xf5rotXbc 1");
  assert.is(datagramThrough(receiver, "receive", sent as Buffer)?.toString(), "Xyz 1");
  assert.is(datagramThrough(receiver, "receive", Buffer.from("plain")), undefined);
  assert.equal(sender.stateReport(), { turned: 1 });
  assert.throws(() => runCustomization(wasm, { config: { by: 26 } }), /"by" should be 1 to 25/);
});

test("no example is left untried, and every standard module is listed", () => {
  assert.is(examples.length, 5);
  for (const name of standardModuleNames()) {
    const isCustomization = abiOf(standardModule(name) as Uint8Array) === customizationAbi;
    assert.ok((isCustomization ? layer45 : guide).includes(`\`${name}\``), name);
  }
});

test("a rule that allocates for each packet keeps its memory flat, with the runtime that collects", async () => {
  const source = `import { ignore, packet, wake } from "netloom";
    export { allocate, configure, deallocate } from "netloom";
    export function process_packet(message: usize): usize {
      packet.read(message);
      const copy = new Uint8Array(packet.payloadLength);
      memory.copy(copy.dataStart, packet.payload, packet.payloadLength);
      return copy.length > 0 && copy[0] == 0x78 ? wake() : ignore();
    }`;
  const rule = await build(source, "ts");
  const packet = datagram("x".repeat(1000));
  for (let round = 0; round < 50_000; round++) rule.packet(packet);
  const before = rule.memoryBytes();
  let woken = 0;
  for (let round = 0; round < 200_000; round++) woken += rule.packet(packet).length;
  assert.is(woken, 200_000);
  assert.is(rule.memoryBytes(), before);
});

test.run();

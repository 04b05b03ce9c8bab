import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WorkerReader } from "../../middlebox/worker-reader.ts";
import { standardModule } from "../../modules/mod.ts";
import type { ReadQuestion } from "../../schemas/mod.ts";
import { dnsQuery } from "../modules/customizations/dns-query.ts";
import { datagram, flowOf, runCustomization, StreamThrough } from "../modules/run-customization.ts";
import { customizationText, wat } from "../modules/wat.ts";
import { loopsForEver, stripEvery, stripTag } from "./strip-tag.ts";

const test = suite<{ reader: WorkerReader }>("reading messages for middleboxes");
test.before.each((context) => {
  context.reader = new WorkerReader();
});
test.after.each(({ reader }) => reader.close());

function questionOf(module: Uint8Array, more: Partial<ReadQuestion> = {}): ReadQuestion {
  return {
    unit: "Customization/default/tag/receiver",
    digest: createHash("sha256").update(module).digest("hex"),
    module,
    role: "receiver",
    config: {},
    limits: { memoryBytes: 1 << 20, timeMs: 20 },
    flow: {
      protocol: "UDP",
      source: { address: "10.0.0.9", port: 4_000 },
      destination: { address: "fd00::53", port: 53 },
    },
    messages: [],
    ...more,
  };
}

const bytes = (...texts: string[]): Uint8Array[] => texts.map((text) => new TextEncoder().encode(text));
async function said(reader: WorkerReader, question: ReadQuestion): Promise<unknown> {
  const reading = await reader.read(question);
  if (reading.kind === "plain") return reading.messages.map((message) => Buffer.from(message).toString());
  return reading.kind === "failed" ? reading.problem.code : reading.kind;
}

test("datagrams of a customization become what the application is given", async ({ reader }) => {
  const messages = bytes("Xtagtag:one", "plain", "Xtagtag:two");
  assert.equal(await said(reader, questionOf(stripTag(), { messages })), ["one", "plain", "two"]);
  assert.is(await said(reader, questionOf(stripTag(), { messages: bytes("plain") })), "notMine");
  assert.is(await said(reader, questionOf(wat(customizationText()), { messages })), "notMine");
});

test("a stream is read as one, wherever its segments end", async ({ reader }) => {
  const flow = { ...questionOf(stripEvery()).flow, protocol: "TCP" as const };
  const messages = bytes("Xtag", "tag.ninebytes", "Xtagtag.nine", "more!", "end");
  assert.equal(await said(reader, questionOf(stripEvery(), { flow, messages })), ["ninebytesninemore!end"]);
});

test("what the modules write that come with Netloom is read with them", async ({ reader }) => {
  const query = dnsQuery("www.test.com");
  for (const name of ["dns-tag-front", "dns-tag-middle", "dns-tag-end", "dns-compress"]) {
    const seen = datagram(runCustomization(name), "send", query) as Buffer;
    assert.not.equal(seen, query);
    const reading = await reader.read(
      questionOf(standardModule(name) as Uint8Array, { messages: [seen, query] }),
    );
    assert.ok(reading.kind === "plain", name);
    const [undone, plain] = reading.messages;
    // What is compressed has no more of it than its question.
    assert.equal(Buffer.from(undone ?? []).subarray(0, 2), query.subarray(0, 2));
    assert.ok(Buffer.from(undone ?? []).includes(query.subarray(12, 30)), name);
    if (name !== "dns-compress") assert.equal(Buffer.from(undone ?? []), query);
    assert.equal(Buffer.from(plain ?? []), query);
  }
  const config = { every: 100, tag: "Xget" };
  const stream = new StreamThrough([runCustomization("stream-tag", { config })], "send", flowOf("TCP"));
  const text = "GET /page HTTP/1.1\r\n".repeat(50);
  const wire = stream.push(Buffer.from(text));
  assert.ok(wire.length > text.length);
  const messages = [wire.subarray(0, 333), wire.subarray(333)];
  const module = standardModule("stream-tag") as Uint8Array;
  const flow = { ...questionOf(module).flow, protocol: "TCP" as const };
  assert.equal(await said(reader, questionOf(module, { flow, config, messages })), [text]);
});

test("a module that runs for ever is ended, and the next question is answered", async ({ reader }) => {
  const endless = reader.read(questionOf(loopsForEver(), { messages: bytes("Xtagtag:one") }));
  const next = said(reader, questionOf(stripTag(), { messages: bytes("Xtagtag:one") }));
  const reading = await endless;
  assert.ok(reading.kind === "failed");
  assert.is(reading.problem.code, "inverse.failed");
  assert.equal(await next, ["one"]);
});

test("what is no module, and one that traps, are answered with why", async ({ reader }) => {
  assert.match(
    `${await said(reader, questionOf(Uint8Array.of(1, 2, 3), { messages: bytes("X") }))}`,
    "module.malformed",
  );
  const traps = wat(customizationText({ receive: "(unreachable)" }));
  assert.is(await said(reader, questionOf(traps, { messages: bytes("X") })), "module.trapped");
});

test("more questions than may wait are refused at once", async ({ reader }) => {
  const question = questionOf(stripTag(), { messages: bytes("Xtagtag:one") });
  const all = await Promise.all(Array.from({ length: 70 }, () => said(reader, question)));
  assert.is(all.filter((answer) => answer === "inverse.crowded").length, 6);
  assert.equal(await said(reader, question), ["one"]);
});

test.run();

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CustomizationGuest } from "../../../modules/mod.ts";
import { buildText } from "../build-text.ts";
import { udp } from "../packets.ts";
import { datagram, flowOf, runCustomization, StreamThrough } from "../run-customization.ts";
import { onlyAnswer, runModule } from "../run-rule.ts";

const template = resolve(import.meta.dirname, "../../../../modules/sdk/template/customization.c");
let wasm: Uint8Array;
test.before(async () => {
  wasm = await buildText(readFileSync(template, "utf8"), "c");
});

test("a customization in C tags, and takes its tags away", () => {
  const tagged = datagram(runCustomization(wasm), "send", Buffer.from("hello")) as Buffer;
  assert.is(tagged.toString(), "netloom: a tag of 32 bytes, minehello");
  const receiver = runCustomization(wasm, { role: "receiver" });
  assert.is(datagram(receiver, "receive", tagged)?.toString(), "hello");
  assert.is(datagram(receiver, "receive", tagged.subarray(1)), undefined);
  assert.is(datagram(receiver, "send", Buffer.from("hello")), undefined);
});

test("it answers challenges as one in AssemblyScript does", () => {
  const key = randomBytes(32);
  const made = (program: string | Uint8Array): CustomizationGuest =>
    runCustomization(program, { instance: { id: 0xfedcba98, key: Uint8Array.from(key) } });
  const [inC, other] = [made(wasm), made("monitor")];
  for (const length of [8, 0, 15, 16, 100]) {
    const [text, iv] = [randomBytes(length), randomBytes(16)];
    const cipher = createCipheriv("aes-256-cbc", key, iv);
    const challenge = Buffer.concat([iv, cipher.update(text), cipher.final()]);
    const response = inC.secRespond(challenge) as Uint8Array;
    assert.equal(Buffer.from(response), Buffer.from(other.secRespond(challenge) as Uint8Array));
    const decipher = createDecipheriv("aes-256-cbc", key, response.subarray(0, 16));
    const plain = Buffer.concat([decipher.update(response.subarray(16)), decipher.final()]);
    assert.equal(plain, Buffer.concat([text, Buffer.from("fedcba98", "hex")]));
  }
  assert.is(inC.secRespond(randomBytes(31)), undefined);
  assert.is(runCustomization(wasm).secRespond(randomBytes(32)), undefined);
});

test("blocks that are given back are given out again", () => {
  const guest = runCustomization(wasm);
  const first = guest.reserve(131_072) as number;
  const second = guest.reserve(131_072) as number;
  const before = guest.memoryBytes;
  assert.ok(Math.abs(second - first) >= 131_072);
  for (const at of [first, second]) guest.release(at);
  for (let round = 0; round < 100; round++) guest.release(guest.reserve(131_072) as number);
  for (const length of [1, 100, 5000, 65_000]) datagram(guest, "send", Buffer.alloc(length));
  assert.ok(guest.memoryBytes <= before + 3 * 65_536);
  assert.is((guest.reserve(1 << 25) as { code?: string }).code, "module.answer-invalid");
});

test("a stream's bytes are told from others in C, with all that a message says of itself", async () => {
  const source = `#include "netloom-customization.h"
    NETLOOM_CUSTOMIZATION
    static char text[64];
    NETLOOM_EXPORT(cust_send) uint8_t *cust_send(uint32_t flow, uint8_t *block, const uint8_t *context) {
      netloom_message m = netloom_read_message(flow, block, context);
      if (!netloom_is_tcp(&m)) return netloom_drop(0);
      if (m.length < 4 && !netloom_is_end(&m) && !netloom_has_waited(&m)) return netloom_more(50);
      if (!netloom_starts_with(&m, "name", 4)) return netloom_not_mine(1);
      uint32_t length = 0;
      for (const char *name = netloom_group(&m); *name; name++) text[length++] = *name;
      text[length++] = '0' + netloom_remote_port(&m) % 10;
      netloom_begin();
      netloom_add(text, length);
      return netloom_customized(4);
    }`;
  const guest = runCustomization(await buildText(source, "c"));
  const stream = new StreamThrough([guest], "send", flowOf("TCP"));
  assert.is(stream.push(Buffer.from("ab name name na")).toString(), "ab dig3 dig3");
  assert.is(stream.push(Buffer.from("me.")).toString(), " dig3");
  assert.is(stream.end().toString(), ".");
  assert.is(datagram(guest, "send", Buffer.from("x")), "dropped");
});

test("a rule in C answers with several packets, each after a delay of its own", async () => {
  const source = `#include "netloom.h"
    NETLOOM_RULE
    static uint8_t room[64];
    static netloom_batch batch = {room, sizeof room, 0, 0};
    NETLOOM_EXPORT(process_packet) uint8_t *process_packet(uint8_t *message) {
      (void)message;
      netloom_batch_clear(&batch);
      netloom_batch_add_later(&batch, (const uint8_t *)"first", 5, 10);
      netloom_batch_add_later(&batch, (const uint8_t *)"second", 6, 20);
      while (netloom_batch_add_later(&batch, (const uint8_t *)"more", 4, 30)) {
      }
      return netloom_respond_batch_later(&batch);
    }`;
  const rule = runModule(await buildText(source, "c"));
  const answers = rule.packet(udp({ source: "10.0.0.9", destination: "10.0.0.5" }, [1, 2], "x"));
  assert.equal(
    answers.map((one) => (one === "wake" ? one : `${one.packet} ${one.delayMs}`)),
    ["first 10", "second 20", "more 30", "more 30"],
  );
  assert.throws(() => onlyAnswer(answers));
});

test.run();

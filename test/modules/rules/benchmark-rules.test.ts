import { createCipheriv, createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { udp } from "../packets.ts";
import { onlyAnswer, type Reaction, runRule } from "../run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };
const ports: [number, number] = [40_000, 5100];
const sizes = [0, 1, 15, 16, 17, 31, 32, 55, 56, 63, 64, 119, 120, 500, 1000, 1472];
const payloads = sizes.map((size) =>
  Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + size) & 255)),
);

/** What a rule makes of each payload, after tshark has found every answer in order. */
function answers(name: string, config: unknown = {}): Buffer[] {
  const rule = runRule(name, { config });
  const packets = payloads.flatMap((data) =>
    [v4, v6].map((addresses) => onlyAnswer(rule.packet(udp(addresses, ports, data)))),
  );
  for (const [status] of dissect(packets, ["udp.checksum.status"])) assert.is(status, "1");
  const overIpv4 = packets.filter((_, index) => index % 2 === 0).map((packet) => packet.subarray(28));
  const overIpv6 = packets.filter((_, index) => index % 2 === 1).map((packet) => packet.subarray(48));
  assert.equal(overIpv4, overIpv6);
  return overIpv4;
}

test("udp-check answers those whose address begins with the right byte", () => {
  const answered = (first: number, addresses: typeof v4): number =>
    runRule("udp-check", { config: { first } }).packet(udp(addresses, ports, "x")).length;
  assert.equal([answered(10, v4), answered(11, v4), answered(0xfd, v6), answered(10, v6)], [1, 0, 1, 0]);
});

test("udp-checksum changes the first byte and mends the checksum", () => {
  const expected = payloads.map((data) =>
    Buffer.from(data.map((byte, index) => (index === 0 ? byte + 1 : byte))),
  );
  assert.equal(answers("udp-checksum"), expected);
});

test("udp-sha256 answers with the payload's digest", () => {
  const expected = payloads.map((data) => {
    const digest = createHash("sha256").update(data).digest();
    return Buffer.concat([digest.subarray(0, data.length), data.subarray(32)]);
  });
  assert.equal(answers("udp-sha256"), expected);
});

test("udp-aes256 answers with the payload encrypted", () => {
  for (const key of [undefined, createHash("sha256").update("a key").digest("hex")]) {
    const bytes = key
      ? Buffer.from(key, "hex")
      : Buffer.from(Array.from({ length: 32 }, (_, index) => index));
    const expected = payloads.map((data) =>
      createCipheriv("aes-256-ctr", bytes, Buffer.alloc(16)).update(data),
    );
    assert.equal(answers("udp-aes256", key ? { key } : {}), expected);
  }
  for (const key of ["00", "x".repeat(64), 7])
    assert.throws(() => runRule("udp-aes256", { config: { key } }), /"key" should be 64 hexadecimal digits/);
});

test("udp-substring wakes the host when the text is there, wherever it stands", () => {
  assert.equal(answers("udp-substring"), payloads);
  const found = (config: unknown, text: string): Reaction[] =>
    runRule("udp-substring", { config }).packet(udp(v4, ports, text));
  for (const text of ["needle", "a needle", "needles", "nneedle", "needneedle"])
    assert.equal(found({}, text), ["wake"], text);
  for (const text of ["needl", "", "n-e-e-d-l-e"]) assert.is(found({}, text).length, 1);
  assert.equal(found({ find: 'say "Grüß\n\u0001' }, 'we say "Grüß\n\u0001!'), ["wake"]);
  assert.throws(() => runRule("udp-substring", { config: { find: "" } }), /"find" should be a text/);
});

test.run();

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { udp } from "../packets.ts";
import { datagram, runCustomization } from "../run-customization.ts";
import { dnsQuery } from "./dns-query.ts";

const sender = runCustomization("dns-compress");
const receiver = runCustomization("dns-compress", { role: "receiver" });
const restored = (query: Buffer): Buffer | undefined => {
  const made = datagram(sender, "send", query);
  return made === undefined ? undefined : (datagram(receiver, "receive", made as Buffer) as Buffer);
};

test("a query becomes its id and its question, and a whole query again", () => {
  for (const [name, type, edns, length] of [
    ["www.test.com", 1, true, 19],
    ["www.test.com", 28, false, 19],
    ["www.test.com", 15, true, 21],
    ["", 2, false, 8],
    [`${"x".repeat(63)}.${"y".repeat(63)}.${"z".repeat(63)}.${"a".repeat(61)}`, 1, true, 260],
  ] as const) {
    const query = dnsQuery(name, { type, edns });
    const small = datagram(sender, "send", query) as Buffer;
    assert.is(small.length, length);
    const whole = datagram(receiver, "receive", small) as Buffer;
    const questionEnd = query.length - (edns ? 23 : 0);
    assert.equal(whole.subarray(0, questionEnd), query.subarray(0, questionEnd));
    if (edns) assert.is(whole.toString("hex", questionEnd), "00002904d0000000000000");
    else assert.is(whole.length, questionEnd);
  }
});

test("the bits that a resolver looks at come through", () => {
  for (const flags of [0, 0x0100, 0x0020, 0x0010, 0x0130])
    assert.is(restored(dnsQuery("a.b", { flags }))?.readUInt16BE(2), flags);
  const dnssec = dnsQuery("a.b");
  dnssec[dnssec.length - 23 + 7] = 0x80;
  const whole = restored(dnssec) as Buffer;
  assert.is(whole[whole.length - 4], 0x80);
});

test("a query that holds more than can be told in small passes as it is", () => {
  const opt = Buffer.from("00002904d000000000" + "0000", "hex");
  const wrong = {
    answer: dnsQuery("a.b", { flags: 0x8180 }),
    opcode: dnsQuery("a.b", { flags: 0x0900 }),
    truncated: dnsQuery("a.b", { flags: 0x0300 }),
    questions: dnsQuery("a.b", { counts: [2, 0, 0, 1] }),
    answers: dnsQuery("a.b", { counts: [1, 1, 0, 1] }),
    additional: dnsQuery("a.b", { counts: [1, 0, 0, 2] }),
    behind: dnsQuery("a.b", { more: Buffer.of(0) }),
    behindPlain: dnsQuery("a.b", { edns: false, more: Buffer.of(0) }),
    noRecord: dnsQuery("a.b", { edns: false, counts: [1, 0, 0, 1] }),
    pointer: Buffer.concat([
      dnsQuery("", { edns: false }).subarray(0, 12),
      Buffer.from("c00c00010001", "hex"),
    ]),
    class: Buffer.concat([dnsQuery("a.b", { edns: false }).subarray(0, -1), Buffer.of(3)]),
    version: dnsQuery("a.b", {
      edns: false,
      counts: [1, 0, 0, 1],
      more: Buffer.concat([opt.subarray(0, 6), Buffer.of(1), opt.subarray(7)]),
    }),
    short: dnsQuery("a.b", { edns: false }).subarray(0, -1),
    empty: Buffer.alloc(0),
  };
  for (const [why, query] of Object.entries(wrong))
    assert.is(datagram(sender, "send", query), undefined, why);
});

test("no query in plain is taken for one in small", () => {
  const label = fc.stringMatching(/^[a-z]{0,20}$/);
  fc.assert(
    fc.property(fc.array(label, { maxLength: 5 }), fc.nat(0xffff), fc.nat(0x7fff), (labels, id, flags) => {
      assert.is(datagram(receiver, "receive", dnsQuery(labels.join("."), { id, flags })), undefined);
    }),
    { numRuns: 3000 },
  );
});

test("a query in small with something behind its name is none, whatever its check", () => {
  const small = datagram(sender, "send", dnsQuery("a.b")) as Buffer;
  assert.ok(datagram(receiver, "receive", small));
  const longer = Buffer.concat([small, Buffer.of(0)]);
  for (let check = 0; check < 0x1_0000; check++) {
    longer.writeUInt16BE(check, 3);
    assert.is(datagram(receiver, "receive", longer), undefined);
  }
});

test("a query in small of which one bit is damaged is none", () => {
  const small = datagram(sender, "send", dnsQuery("www.test.com")) as Buffer;
  for (let bit = 0; bit < 8 * small.length; bit++) {
    const damaged = Buffer.from(small);
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.is(datagram(receiver, "receive", damaged), undefined, `bit ${bit}`);
  }
});

test("tshark finds nothing wrong with what is restored", () => {
  const packet = udp(
    { source: "10.0.0.9", destination: "10.0.0.5" },
    [40_000, 53],
    restored(dnsQuery("www.test.com")) as Buffer,
  );
  assert.equal(dissect([packet], ["dns.id", "dns.qry.name", "dns.qry.type", "dns.rr.udp_payload_size"]), [
    ["0x1234", "www.test.com", "1", "1232"],
  ]);
});

test.run();

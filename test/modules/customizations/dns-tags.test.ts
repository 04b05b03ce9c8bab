import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowFlags } from "../../../modules/mod.ts";
import { datagram, flowOf, runCustomization } from "../run-customization.ts";
import { dnsQuery } from "./dns-query.ts";

const query = dnsQuery("www.test.com");
const reply = dnsQuery("www.test.com", { flags: 0x8180 });
const places = { "dns-tag-front": 0, "dns-tag-middle": 12, "dns-tag-end": query.length } as const;
const names = Object.keys(places) as (keyof typeof places)[];

for (const name of names) {
  test(`${name}: a query is tagged in its place, and comes out as it went in`, () => {
    const sender = runCustomization(name, { config: { tag: "Xdig" } });
    const receiver = runCustomization(name, { role: "receiver", config: { tag: "Xdig" } });
    const tagged = datagram(sender, "send", query) as Buffer;
    const at = places[name];
    assert.is(tagged.length, query.length + 32);
    assert.is(tagged.toString("latin1", at, at + 4), "\xf5NL4");
    assert.is(tagged.toString("latin1", at + 6, at + 10), "Xdig");
    assert.equal(Buffer.concat([tagged.subarray(0, at), tagged.subarray(at + 32)]), query);
    assert.equal(datagram(receiver, "receive", tagged), query);
    assert.equal(
      [sender.stateReport(), receiver.stateReport()],
      [
        { tagged: 1, untagged: 0, others: 0 },
        { tagged: 0, untagged: 1, others: 0 },
      ],
    );
  });

  test(`${name}: what is not its own is left alone`, () => {
    const sender = runCustomization(name, { config: { tag: "Xdig" } });
    const receiver = runCustomization(name, { role: "receiver", config: { tag: "Xdig" } });
    const other = runCustomization(name, { config: { tag: "Ydig" } });
    for (const plain of [query, reply, Buffer.alloc(0), Buffer.alloc(32), Buffer.alloc(44, 0xf5)])
      assert.is(datagram(receiver, "receive", plain), undefined);
    assert.is(datagram(receiver, "receive", datagram(other, "send", query) as Buffer), undefined);
    for (const plain of [reply, Buffer.alloc(0), query.subarray(0, 11)])
      assert.is(datagram(sender, "send", plain), undefined);
    assert.is(datagram(receiver, "send", reply), undefined, "answers are tagged only if they are to be");
    assert.is(datagram(sender, "send", query, flowOf("TCP")), undefined);
    const tagged = datagram(sender, "send", query) as Buffer;
    assert.is(datagram(receiver, "receive", tagged, flowOf("TCP")), undefined);
    for (const at of [0, 5, 12, 31, 43, tagged.length - 1, tagged.length - 30]) {
      const damaged = Buffer.from(tagged);
      damaged[at] = (damaged[at] as number) ^ 1;
      const found = datagram(receiver, "receive", damaged);
      assert.ok(found === undefined || found.length === query.length);
    }
  });

  test(`${name}: answers to tagged queries are tagged when they are to be, and no others`, () => {
    const config = { replies: true };
    const sender = runCustomization(name, { config });
    const receiver = runCustomization(name, { role: "receiver", config });
    assert.is(datagram(receiver, "send", reply), undefined);
    datagram(receiver, "receive", datagram(sender, "send", query) as Buffer);
    const tagged = datagram(receiver, "send", reply) as Buffer;
    assert.is(tagged.length, reply.length + 32);
    assert.is(datagram(receiver, "send", reply), undefined, "it was answered");
    assert.equal(datagram(sender, "receive", tagged), reply);
    assert.is(datagram(receiver, "send", query), undefined);
  });

  test(`${name}: an answer to another client with the same id is not tagged, nor one to what came while it was switched off`, () => {
    const config = { replies: true };
    const receiver = runCustomization(name, { role: "receiver", config });
    const tagged = datagram(runCustomization(name, { config }), "send", query) as Buffer;
    const from = (port: number) =>
      flowOf("UDP", "receiver", { remote: { address: Uint8Array.of(10, 0, 0, 2), port } });
    datagram(receiver, "receive", tagged, from(40_001));
    assert.is(datagram(receiver, "send", reply, from(40_002)), undefined);
    assert.ok(datagram(receiver, "send", reply, from(40_001)));
    datagram(receiver, "receive", tagged, { ...from(40_001), flags: flowFlags.inactive });
    assert.is(datagram(receiver, "send", reply, from(40_001)), undefined);
  });

  test(`${name}: a tag that cannot be had is refused`, () => {
    for (const tag of ["", "x".repeat(19), 7, null])
      assert.throws(() => runCustomization(name, { config: { tag } }), /"tag" should be a text of 1 to 18/);
    runCustomization(name, { config: { tag: "x".repeat(18) } });
  });
}

test("the three tags and the compressed form are never taken for one another", () => {
  const all = [...names, "dns-compress"];
  for (const from of all)
    for (const to of all) {
      const made = datagram(runCustomization(from), "send", query) as Buffer;
      const found = datagram(runCustomization(to, { role: "receiver" }), "receive", made);
      assert.is(found !== undefined, from === to, `${from} read by ${to}`);
    }
});

test("whatever is sent comes out as it went in, and nothing else is touched", () => {
  const pairs = [...names, "dns-compress"].map((name) => ({
    sender: runCustomization(name),
    receiver: runCustomization(name, { role: "receiver" }),
  }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, asQuery) => {
      const sent = Buffer.from(bytes);
      if (asQuery && sent.length > 2) sent[2] = (sent[2] as number) & 0x7f;
      for (const { sender, receiver } of pairs) {
        const made = datagram(sender, "send", sent);
        if (made === undefined) assert.is(datagram(receiver, "receive", sent), undefined);
        else assert.equal(datagram(receiver, "receive", made as Buffer), sent);
      }
    }),
    { numRuns: 3000 },
  );
});

test("where a tag is required all else is dropped, and the sender's end drops nothing", () => {
  const receiver = runCustomization("require-tag", { role: "receiver", config: { tag: "Xdig" } });
  const tagged = datagram(
    runCustomization("dns-tag-front", { config: { tag: "Xdig" } }),
    "send",
    query,
  ) as Buffer;
  assert.equal(datagram(receiver, "receive", tagged), query);
  assert.is(datagram(receiver, "receive", query), "dropped");
  assert.is(datagram(receiver, "receive", query, flowOf("TCP")), undefined);
  const sender = runCustomization("require-tag", { config: { tag: "Xdig" } });
  assert.equal(datagram(sender, "send", query), tagged);
  assert.is(datagram(sender, "receive", reply), undefined);
  assert.is((receiver.stateReport() as Record<string, number>).dropped, 1);
});

test.run();

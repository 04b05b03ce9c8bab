import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowFlags } from "../../../modules/mod.ts";
import { datagram, flowOf, runCustomization, StreamThrough } from "../run-customization.ts";

const sending = () => runCustomization("app-tag", { config: { label: "web" } });
const receiving = () => runCustomization("app-tag", { role: "receiver" });
const tagText = "\xf5NL4\x05\x23\x00\x00\x10\x92\x03dig\x0cisc-net-0000\x03web";

test("a datagram says whose it is, and comes out as it went in", () => {
  const sent = Buffer.from("query");
  const tagged = datagram(sending(), "send", sent) as Buffer;
  assert.is(tagged.toString("latin1", 0, tagText.length), tagText);
  assert.is(tagged.length, (tagged[5] as number) + sent.length);
  assert.equal(datagram(receiving(), "receive", tagged), sent);
  assert.is(datagram(receiving(), "receive", sent), undefined);
  for (let at = 0; at < (tagged[5] as number); at++) {
    const damaged = Buffer.from(tagged);
    damaged[at] = (damaged[at] as number) ^ 4;
    assert.is(datagram(receiving(), "receive", damaged), undefined, `${at}`);
  }
});

test("a stream says it once, in front of its first bytes", () => {
  const stream = new StreamThrough([sending()], "send", flowOf("TCP"));
  const wire = Buffer.concat([stream.push(Buffer.from("GET / ")), stream.push(Buffer.from("HTTP/1.1\r\n"))]);
  assert.is(wire.toString("latin1", wire[5] as number), "GET / HTTP/1.1\r\n");
  fc.assert(
    fc.property(fc.array(fc.nat(wire.length), { maxLength: 60 }), (cuts) => {
      const out = new StreamThrough([receiving()], "receive", flowOf("TCP", "receiver"));
      let at = 0;
      let got = "";
      for (const cut of [...cuts.sort((a, b) => a - b), wire.length]) {
        got += out.push(wire.subarray(at, cut)).toString();
        at = Math.max(at, cut);
      }
      assert.is(got + out.end().toString(), "GET / HTTP/1.1\r\n");
    }),
    { numRuns: 100 },
  );
});

test("a stream that was attached late, or passed while it was switched off, is left alone", () => {
  const late = flowOf("TCP");
  late.flags = flowFlags.attachedLate;
  assert.is(new StreamThrough([sending()], "send", late).push(Buffer.from("GET")).toString(), "GET");
  const guest = sending();
  const flow = flowOf("TCP");
  flow.flags = flowFlags.inactive;
  guest.send(flow, Buffer.from("GET"), 0, 3);
  flow.flags = 0;
  assert.is(new StreamThrough([guest], "send", flow).push(Buffer.from(" /")).toString(), " /");
});

test("plain streams pass, however they begin", () => {
  for (const text of ["hello", "\xf5", "\xf5NL4\x05", "\xf5NL4\x05\x23short", `${tagText}????`, ""]) {
    const out = new StreamThrough([receiving()], "receive", flowOf("TCP", "receiver"));
    const bytes = Buffer.from(text, "latin1");
    const got = Buffer.concat([out.push(bytes), out.waited(), out.push(Buffer.from("more"))]);
    assert.equal(got, Buffer.concat([bytes, Buffer.from("more")]), text);
  }
});

test("a label that does not fit is refused", () => {
  for (const label of ["x".repeat(33), 7])
    assert.throws(() => runCustomization("app-tag", { config: { label } }), /"label" should be/);
});

test.run();

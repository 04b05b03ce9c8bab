import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowFlags } from "../../../modules/mod.ts";
import { flowOf, runCustomization, StreamThrough } from "../run-customization.ts";

interface Settings {
  every?: number;
  tag?: string;
  replies?: boolean;
}

const sending = (config: Settings = {}) => runCustomization("stream-tag", { config });
const receiving = (config: Settings = {}) => runCustomization("stream-tag", { role: "receiver", config });
const sender = (config?: Settings) => new StreamThrough([sending(config)], "send", flowOf("TCP"));
const receiver = (config?: Settings) =>
  new StreamThrough([receiving(config)], "receive", flowOf("TCP", "receiver"));

test("a stream has 32 bytes of tag before every so many, and none when it comes out", () => {
  const bytes = randomBytes(2500);
  const tagged = sender({ every: 1000, tag: "Xget" }).push(bytes);
  assert.is(tagged.length, 2500 + 3 * 32);
  assert.equal(tagged.subarray(32, 1032), bytes.subarray(0, 1000));
  assert.is(tagged.toString("latin1", 0, 10), "\xf5NL4\x04\x04Xget");
  assert.equal([tagged.readUInt32BE(24), tagged.readUInt32BE(2 * 1032 + 24)], [1000, 500]);
  assert.equal(receiver({ every: 1000, tag: "Xget" }).push(tagged), bytes);
  assert.equal(
    receiver({ every: 16, tag: "Xget" }).push(tagged),
    bytes,
    "the receiver's own number does not matter",
  );
});

test("bytes come out as they went in, one at a time too", () => {
  const bytes = randomBytes(700);
  const tagged = sender({ every: 100 }).push(bytes);
  const out = receiver();
  const got: Buffer[] = [];
  for (const byte of tagged) got.push(out.push(Uint8Array.of(byte)));
  assert.equal(Buffer.concat(got), bytes);
  assert.is(out.waiting, 0);
});

test("megabytes go through in pieces, at the smallest frames as well", () => {
  for (const every of [16, 17, 1000, 131_072]) {
    const bytes = randomBytes(1_000_001);
    const tagged = sender({ every }).push(bytes);
    assert.ok(receiver().push(tagged).equals(bytes), `${every}`);
  }
});

/** Stretches of a stream: plain, or tagged by one of two modules, cut at random places on the way. */
const stretches = fc.array(
  fc.record({
    by: fc.constantFrom("plain", "first", "second"),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.constantFrom(
        Buffer.from("\xf5NL4\x04", "latin1"),
        Buffer.from("\xf5", "latin1"),
        Buffer.from("text\n"),
      ),
    ),
  }),
  { minLength: 3, maxLength: 12, size: "max" },
);

test("plain and tagged stretches, by two modules in turn, come out whole however they are cut", () => {
  fc.assert(
    fc.property(
      stretches,
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      fc.boolean(),
      (said, cuts, swapped) => {
        const by = {
          first: sender({ every: 50, tag: "first" }),
          second: sender({ every: 70, tag: "second" }),
        };
        const wire = Buffer.concat(
          said.map((one) => (one.by === "plain" ? one.bytes : by[one.by as "first"].push(one.bytes))),
        );
        const guests = [receiving({ tag: "first" }), receiving({ tag: "second" })];
        const out = new StreamThrough(
          swapped ? guests.reverse() : guests,
          "receive",
          flowOf("TCP", "receiver"),
        );
        const got: Buffer[] = [];
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const length = cuts[turn % cuts.length] as number;
          got.push(out.push(wire.subarray(at, at + length)));
          at += length;
          if (turn % 3 === 0) out.guests.reverse();
        }
        got.push(out.end());
        assert.equal(Buffer.concat(got), Buffer.concat(said.map((one) => one.bytes)));
      },
    ),
    { numRuns: 300 },
  );
});

test("what is tagged already is tagged again, and comes out tagged once", () => {
  const once = sender({ tag: "netloom" }).push(randomBytes(5000));
  const twice = sender({ tag: "netloom", every: 333 }).push(once);
  assert.equal(receiver().push(twice), once);
  const out = receiver();
  const got: Buffer[] = [];
  for (let at = 0; at < twice.length; at += 7) got.push(out.push(twice.subarray(at, at + 7)));
  assert.equal(Buffer.concat(got), once);
});

test("plain bytes that end like a tag's beginning wait a moment, and no longer than the stream lasts", () => {
  const out = receiver();
  const plain = Buffer.from("to be continued \xf5NL4", "latin1");
  assert.equal(out.push(plain), plain.subarray(0, -4));
  assert.equal(out.waited(), plain.subarray(-4));
  assert.equal(out.push(Buffer.from("\xf5N", "latin1")), Buffer.alloc(0));
  assert.equal(out.push(Buffer.from("x")), Buffer.from("\xf5Nx", "latin1"));
  out.push(Buffer.from("\xf5", "latin1"));
  assert.equal(out.end(), Buffer.from("\xf5", "latin1"));
});

test("a tag with a damaged number is no tag", () => {
  const tagged = sender().push(randomBytes(100));
  for (const at of [0, 23, 24, 27, 28, 31]) {
    const damaged = Buffer.from(tagged);
    damaged[at] = (damaged[at] as number) ^ 1;
    const out = receiver();
    assert.equal(Buffer.concat([out.push(damaged), out.end()]), damaged);
  }
});

test("a module that is switched off in the middle of a frame changes nothing from then on", () => {
  const bytes = randomBytes(900);
  const wire = sender({ every: 300 }).push(bytes);
  const out = receiver();
  const first = out.push(wire.subarray(0, 100));
  assert.equal(first, bytes.subarray(0, 68));
  out.flow.flags = flowFlags.inactive;
  for (const guest of out.guests) guest.receive(out.flow, wire, 100, 300);
  out.flow.flags = 0;
  assert.equal(out.push(wire.subarray(400)), Buffer.concat([wire.subarray(400, 664), bytes.subarray(600)]));
});

test("the receiver's end answers in tags as long as it is spoken to in tags", () => {
  const config = { replies: true };
  const server = receiving(config);
  const client = sending(config);
  const flow = flowOf("TCP", "receiver");
  const back = new StreamThrough([server], "send", flow);
  const there = new StreamThrough([server], "receive", flow);
  const reply = randomBytes(100);
  assert.equal(back.push(reply), reply);
  there.push(sender().push(randomBytes(10)));
  const tagged = back.push(reply);
  assert.is(tagged.length, 132);
  assert.equal(new StreamThrough([client], "receive", flowOf("TCP")).push(tagged), reply);
  there.push(Buffer.from("plain"));
  assert.equal(back.push(reply), reply);
});

test("a configuration out of bounds is refused", () => {
  for (const config of [{ every: 15 }, { every: 131_073 }, { tag: "" }])
    assert.throws(() => sending(config), /should be/);
});

test("any bytes as they come pass or are taken, and nothing traps", () => {
  const out = receiver();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(Buffer.concat([out.push(bytes), out.end()]), Buffer.from(bytes));
    }),
    { numRuns: 500 },
  );
});

test("more flows than it has room for are declined, and closed ones make room", () => {
  const guest = receiving();
  const open = Array.from({ length: 1024 }, () => flowOf("TCP"));
  for (const flow of open) assert.is(guest.openFlow(flow), true);
  const late = flowOf("TCP");
  assert.is(guest.openFlow(late), false);
  for (const flow of open.filter((_, index) => index % 3 === 0)) guest.closeFlow(flow);
  assert.is(guest.openFlow(late), true);
  assert.is(guest.openFlow(open[1] as (typeof open)[0]), true);
});

test.run();

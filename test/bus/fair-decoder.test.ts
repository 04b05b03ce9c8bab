import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { codecs, FairDecoder, subjects } from "../../bus/mod.ts";
import { RateLimit } from "../../bus/rate-limit.ts";
import type { ProblemError } from "../../schemas/mod.ts";

const host = "default/gw-1";
const subject = subjects.heartbeat(host);
const other = "default/gw-2";
const good = (of: string): Uint8Array => codecs.heartbeat.encode({ host: of, boot: "b", sequence: 1 });

function decoder(): { decode: (payload: Uint8Array, of?: string) => string; pass: (ms: number) => void } {
  let nowMs = 0;
  const share = {
    bytesBurst: 1_000,
    bytesPerSecond: 100,
    messageBytesMin: 100,
    messageBytesMax: 500,
    clock: () => nowMs,
  };
  const fair = new FairDecoder(codecs.heartbeat, share);
  return {
    decode(payload, of = subject) {
      try {
        fair.decode(payload, of);
        return "taken";
      } catch (error) {
        return (error as ProblemError).problem.code;
      }
    },
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

test("a host that sends more than its share is refused until time has passed, and no other is", () => {
  const { decode, pass } = decoder();
  const message = good(host);
  for (let i = 0; i < 10; i++) assert.is(decode(message), "taken");
  assert.is(decode(message), "bus.share-spent");
  assert.is(decode(good(other), subjects.heartbeat(other)), "taken");
  pass(1_000);
  assert.is(decode(message), "taken");
});

test("what is malformed costs as much as the largest message", () => {
  const { decode, pass } = decoder();
  for (let i = 0; i < 2; i++) assert.is(decode(Buffer.from("{")), "bus.malformed");
  assert.is(decode(good(host)), "bus.share-spent");
  pass(60_000);
  assert.is(decode(good(host)), "taken");
});

test("a packed message costs what it holds", () => {
  const { decode } = decoder();
  const padded = gzipSync(Buffer.concat([good(host), Buffer.alloc(5_000, " ")]));
  assert.ok(padded.byteLength < 200);
  assert.is(decode(padded), "taken");
  assert.is(decode(good(host)), "bus.share-spent");
});

test("a debt is never larger than the burst", () => {
  let nowMs = 0;
  const limit = new RateLimit({ burst: 10, perSecond: 1, clock: () => nowMs });
  limit.owe("a", 1_000_000);
  assert.not(limit.spend("a", 1));
  nowMs = 11_000;
  assert.ok(limit.spend("a", 1));
  assert.not(limit.spend("a", 1));
});

test.run();

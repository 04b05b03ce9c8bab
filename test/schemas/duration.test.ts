import { test } from "uvu";
import * as assert from "uvu/assert";
import { durationMs, quantityBytes, rateBits } from "../../schemas/mod.ts";

test("durations are milliseconds, and may have several parts", () => {
  const table = {
    "5ms": 5,
    "20s": 20_000,
    "1m": 60_000,
    "24h": 86_400_000,
    "2d": 172_800_000,
    "1h30m": 5_400_000,
    "1.5s": 1500,
    "1m5ms": 60_005,
    "0s": 0,
  };
  for (const [text, wanted] of Object.entries(table)) assert.is(durationMs(text), wanted, text);
  for (const text of ["", "5", "s", "5 s", "5sx", "-5s", "5s "]) assert.throws(() => durationMs(text), text);
});

test("quantities are bytes, with suffixes of both kinds", () => {
  const table = {
    "0": 0,
    "512": 512,
    "64Ki": 65_536,
    "1Mi": 1_048_576,
    "2Gi": 2_147_483_648,
    "500k": 500_000,
    "5M": 5e6,
    "1G": 1e9,
  };
  for (const [text, wanted] of Object.entries(table)) assert.is(quantityBytes(text), wanted, text);
  for (const text of ["", "Mi", "1mi", "1.5Mi", "-1", "1 Mi"]) assert.throws(() => quantityBytes(text), text);
});

test("rates are bits a second, in powers of a thousand", () => {
  for (const [text, wanted] of Object.entries({ "1G": 1e9, "2.5M": 2.5e6, "64k": 64_000, "9600": 9600 })) {
    assert.is(rateBits(text), wanted, text);
  }
  assert.throws(() => rateBits("1Gi"));
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { addressBytes, holds, parseMac, wordPrefix, wordsOf } from "../../../daemon/sleep/address.ts";

const hex = (text: string) => Buffer.from(addressBytes(wordPrefix(text)!)).toString("hex");

test("addresses become words and bytes", () => {
  assert.is(hex("10.0.0.5"), "0a000005");
  assert.is(hex("255.255.255.255/8"), "ffffffff");
  assert.is(hex("fd00::5"), "fd000000000000000000000000000005");
  assert.is(hex("::"), "0".repeat(32));
  assert.is(hex("8001:2:3:4:5:6:7:8"), "80010002000300040005000600070008");
  for (const text of ["200.0.0.5", "fd00::5"]) {
    const { words } = wordPrefix(text)!;
    assert.equal(wordsOf(addressBytes(wordPrefix(text)!)), words);
    assert.ok(words.every((word) => word === (word | 0)));
  }
});

test("what is no address, prefix or MAC is none", () => {
  for (const text of ["", "10.0.0", "10.0.0.5/33", "fd00::/129"])
    assert.is(wordPrefix(text), undefined, text);
  for (const text of ["", "02:00:00:00:00", "02:00:00:00:00:0g", "0200.0000.0005"])
    assert.is(parseMac(text), undefined);
  assert.is(wordPrefix("10.0.0.5")!.bits, 32);
  assert.is(wordPrefix("fd00::5")!.bits, 128);
});

test("a prefix contains what shares its bits", () => {
  const contains = (prefix: string, address: string) => holds(wordPrefix(prefix)!, wordPrefix(address)!);
  assert.ok(contains("10.0.0.5/24", "10.0.0.77"));
  assert.not(contains("10.0.0.5/24", "10.0.1.5"));
  assert.ok(contains("0.0.0.0/0", "255.1.2.3"));
  assert.not(contains("0.0.0.0/0", "::1"));
  assert.ok(contains("fd00:0:0:1::/63", "fd00::1"));
  assert.not(contains("fd00:0:0:1::/64", "fd00::1"));
  assert.ok(contains("fd00::/33", "fd00:0:7fff::1"));
});

test.run();

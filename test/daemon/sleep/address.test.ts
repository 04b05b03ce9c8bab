import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addressBytes,
  addressOfBytes,
  parseAddress,
  parseMac,
  parsePrefix,
  prefixContains,
} from "../../../daemon/sleep/address.ts";

const hex = (text: string) => Buffer.from(addressBytes(parseAddress(text)!)).toString("hex");

test("addresses become words and bytes", () => {
  assert.is(hex("10.0.0.5"), "0a000005");
  assert.is(hex("255.255.255.255"), "ffffffff");
  assert.is(hex("fd00::5"), "fd000000000000000000000000000005");
  assert.is(hex("::"), "0".repeat(32));
  assert.is(hex("1:2:3:4:5:6:7:8"), "00010002000300040005000600070008");
  assert.is(hex("::ffff:10.0.0.5"), "00000000000000000000ffff0a000005");
  assert.is(hex("fe80::"), "fe80000000000000000000000000".padEnd(32, "0"));
  for (const text of ["10.0.0.5", "fd00::5"]) {
    const address = parseAddress(text)!;
    assert.equal(addressOfBytes(addressBytes(address)), address);
  }
});

test("what is no address, prefix or MAC is none", () => {
  for (const text of ["", "10.0.0", "10.0.0.256", "fe80::1%eth0", "g::"])
    assert.is(parseAddress(text), undefined, text);
  for (const text of ["10.0.0.5/33", "10.0.0.5/", "10.0.0.5/-1", "fd00::/129", "10.0.0.5/24/8"])
    assert.is(parsePrefix(text), undefined, text);
  for (const text of ["", "02:00:00:00:00", "02:00:00:00:00:0g", "0200.0000.0005"])
    assert.is(parseMac(text), undefined);
  assert.is(parsePrefix("10.0.0.5")!.bits, 32);
  assert.is(parsePrefix("fd00::5")!.bits, 128);
});

test("a prefix contains what shares its bits", () => {
  const contains = (prefix: string, address: string) =>
    prefixContains(parsePrefix(prefix)!, parseAddress(address)!);
  assert.ok(contains("10.0.0.5/24", "10.0.0.77"));
  assert.not(contains("10.0.0.5/24", "10.0.1.5"));
  assert.ok(contains("0.0.0.0/0", "255.1.2.3"));
  assert.not(contains("0.0.0.0/0", "::1"));
  assert.ok(contains("fd00:0:0:1::/63", "fd00::1"));
  assert.not(contains("fd00:0:0:1::/64", "fd00::1"));
  assert.ok(contains("fd00::/33", "fd00:0:7fff::1"));
});

test.run();

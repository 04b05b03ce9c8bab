import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addressBytes,
  addressText,
  isSameAddress,
  parsePrefix,
  prefixContains,
  wholePrefix,
} from "../../schemas/mod.ts";

const table: [text: string, wanted: { family: number; address: bigint; length: number } | undefined][] = [
  ["10.0.0.5/24", { family: 4, address: 0x0a000005n, length: 24 }],
  ["255.255.255.255", { family: 4, address: 0xffffffffn, length: 32 }],
  ["::", { family: 6, address: 0n, length: 128 }],
  ["::1/0", { family: 6, address: 1n, length: 0 }],
  ["fd00::5/64", { family: 6, address: 0xfd00n * 2n ** 112n + 5n, length: 64 }],
  ["1:2:3:4:5:6:7:8", { family: 6, address: 0x00010002000300040005000600070008n, length: 128 }],
  ["::ffff:10.0.0.1", { family: 6, address: 0xffff0a000001n, length: 128 }],
  ["10.0.0.5/33", undefined],
  ["10.0.0.256", undefined],
  ["fd00::5/129", undefined],
  ["fd00::5::", undefined],
  ["10.0.0.1/", undefined],
  ["10.0.0.1/+8", undefined],
  ["", undefined],
];

for (const [text, wanted] of table) {
  test(`"${text}" is ${wanted ? "a prefix" : "none"}`, () => assert.equal(parsePrefix(text), wanted));
}

test("a prefix contains what agrees with it up to its length, of its own family", () => {
  const contains = (outer: string, inner: string): boolean => {
    const [a, b] = [parsePrefix(outer), parsePrefix(inner)];
    return a !== undefined && b !== undefined && prefixContains(a, b);
  };
  assert.ok(contains("10.0.0.0/8", "10.255.0.1"));
  assert.ok(contains("0.0.0.0/0", "192.0.2.0/24"));
  assert.ok(contains("fd00::/8", "fdff::/16"));
  assert.not(contains("10.0.0.0/8", "11.0.0.0/8"));
  assert.not(contains("10.0.0.0/16", "10.0.0.0/8"));
  assert.not(contains("::/0", "10.0.0.0/8"));
});

test("an address is the same however it is written", () => {
  assert.ok(isSameAddress("10.0.0.5/24", "10.0.0.5"));
  assert.ok(isSameAddress("fd00::5", "FD00:0:0::5/64"));
  assert.not(isSameAddress("10.0.0.5", "10.0.0.6"));
  assert.not(isSameAddress("0.0.0.5", "::5"), "of another family");
  assert.not(isSameAddress("dns", "DNS"), "what is no address is the same as itself alone");
});

test("an address has its bytes in network order", () => {
  assert.equal(addressBytes("10.0.1.255"), new Uint8Array([10, 0, 1, 255]));
  assert.equal(addressBytes("fd00::102"), new Uint8Array([0xfd, ...Array(13).fill(0), 1, 2]));
  assert.is(addressBytes("dns"), undefined);
});

test("addresses are written as everybody writes them", () => {
  for (const text of [
    "10.0.0.5",
    "255.255.255.255",
    "::",
    "::1",
    "fd00::",
    "fd00::5",
    "1:0:2::3",
    "1::2:0:0:3",
    "8001:0:0:4::8",
    "fe80::ff:fe00:1",
    "fd00:1:2:3:4:5:6:7",
  ])
    assert.is(addressText(addressBytes(text)!), text);
});

test("the prefix that holds one address holds no other", () => {
  for (const [address, prefix] of [
    ["10.0.0.5", "10.0.0.5/32"],
    ["fd00::5", "fd00::5/128"],
  ] as const)
    assert.is(wholePrefix(address), prefix);
});

test("every IPv6 address is read as its number", () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const groups = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      assert.equal(parsePrefix(text)?.address, parsePrefix(groups)?.address);
    }),
  );
});

test.run();

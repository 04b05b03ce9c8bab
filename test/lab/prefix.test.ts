import { test } from "uvu";
import * as assert from "uvu/assert";
import { networkText, overlaps, prefixesOf } from "../../lab/prefix.ts";

const networks: [string, string][] = [
  ["10.0.0.5/24", "10.0.0.0/24"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["1.2.3.4/0", "0.0.0.0/0"],
  ["fd00::5/64", "fd00::/64"],
  ["2001:db8:0:1:2:3:4:5/56", "2001:db8::/56"],
  ["::ffff:10.1.2.3/120", "::ffff:a01:200/120"],
  ["::1/128", "::1/128"],
];

for (const [text, network] of networks) {
  test(`the network of "${text}" is ${network}`, () => {
    assert.equal(prefixesOf([text, "no address"]).map(networkText), [network]);
  });
}

test("networks overlap when one holds the other, and never across families", () => {
  const pairs: [string, string, boolean][] = [
    ["10.0.0.0/8", "10.200.0.1/24", true],
    ["10.0.0.1/24", "10.0.1.1/24", false],
    ["fd00::1/64", "fd00::ffff/128", true],
    ["0.0.0.0/0", "::/0", false],
  ];
  for (const [a, b, expected] of pairs) {
    const [first, second] = prefixesOf([a, b]);
    assert.is(overlaps(first!, second!), expected, `${a} ${b}`);
    assert.is(overlaps(second!, first!), expected, `${b} ${a}`);
  }
});

test.run();

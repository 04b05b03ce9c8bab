import { test } from "uvu";
import * as assert from "uvu/assert";
import { wordPrefix } from "../../../daemon/sleep/address.ts";
import { dropsOf, interestOf, type Served } from "../../../daemon/sleep/interest.ts";
import type { Rule } from "../../../daemon/sleep/rule.ts";
import { Sleeper } from "../../../daemon/sleep/sleeper.ts";
import { sleeperUnit } from "./lan.ts";

const sleeper = new Sleeper(
  { unit: sleeperUnit(), priority: 1, artifacts: new Map() },
  () => new Uint8Array(),
);
const rule = (prefix: string, live: boolean) => ({ prefixes: [wordPrefix(prefix)], live }) as unknown as Rule;
const v6 = (last: number) => Uint8Array.of(0xfd, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);
const served: Served = {
  sleepers: [sleeper],
  rules: [rule("224.0.0.0/4", true), rule("10.0.0.0/8", false)],
  spliced: [
    { peer: Uint8Array.of(10, 8, 0, 1), peerPort: 4_000, own: Uint8Array.of(10, 9, 0, 7), ownPort: 80 },
    { peer: v6(1), peerPort: 4_001, own: v6(7), ownPort: 443 },
  ],
};

test("the kernel is to show what goes to sleeping hosts, to live rules' prefixes, and to connections that go on", () => {
  const { prefixes, macLows } = interestOf(served);
  const expected = ["10.9.0.5/32", "fd09::5/128", "224.0.0.0/4", "10.9.0.7/32", "fd09::7/128"];
  assert.equal(prefixes, expected.map(wordPrefix));
  assert.equal(macLows, [5]);
});

test("it is to leave alone the sleeping hosts' addresses and those connections, on interfaces that it can be told of", () => {
  assert.equal(dropsOf(served, ["eth0", "odd name"]), {
    interfaces: ["eth0"],
    ipv4: ["10.9.0.5"],
    ipv6: ["fd09::5"],
    connections4: ["10.8.0.1 . 4000 . 10.9.0.7 . 80"],
    connections6: ["fd09::1 . 4001 . fd09::7 . 443"],
  });
});

test("with nobody to serve there is nothing to show and nothing to leave", () => {
  const nobody = { sleepers: [], rules: [], spliced: [] };
  assert.equal(interestOf(nobody), { prefixes: [], macLows: [] });
  const none = { ipv4: [], ipv6: [], connections4: [], connections6: [] };
  assert.equal(dropsOf(nobody, []), { interfaces: [], ...none });
});

test.run();

import { execFileSync, spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { IngressDropper } from "../../../daemon/linux/mod.ts";

const table = "netloom-test";
const dropper = new IngressDropper(table);
const nothing = { interfaces: ["lo"], ipv4: [], ipv6: [], connections4: [], connections6: [] };

interface ShownSet {
  timeout: number;
  elem?: { elem: { val: unknown; expires: number } }[];
}
function shown(name: string): ShownSet {
  const text = execFileSync("nft", ["-j", "list", "set", "netdev", table, name], { encoding: "utf8" });
  const { nftables } = JSON.parse(text) as { nftables: { set?: ShownSet }[] };
  return nftables.find(({ set }) => set)?.set as ShownSet;
}
const isAnswered = (address: string): boolean =>
  spawnSync("ping", ["-c", "1", "-W", "0.3", address]).status === 0;

test("packets to some addresses end where they come in, those to others do not", () => {
  assert.is(dropper.apply({ ...nothing, ipv4: ["127.0.0.9"], ipv6: ["::1"] }), undefined);
  assert.equal(["127.0.0.9", "::1", "127.0.0.8"].map(isAnswered), [false, false, true]);
  assert.is(dropper.apply({ ...nothing, ipv4: ["127.0.0.8"] }), undefined);
  assert.equal(["127.0.0.9", "::1", "127.0.0.8"].map(isAnswered), [true, true, false]);
  dropper.clear();
  assert.ok(isAnswered("127.0.0.8"));
});

test("of a process that dies nothing is left after a minute", () => {
  dropper.apply({
    ...nothing,
    ipv4: ["127.0.0.9"],
    ipv6: ["::1"],
    connections4: ["10.8.0.1 . 80 . 10.9.0.5 . 7"],
    connections6: ["fd08::1 . 80 . fd09::5 . 7"],
  });
  for (const name of ["ipv4", "ipv6", "connections4", "connections6"]) {
    const entries = shown(name).elem ?? [];
    assert.is(entries.length, 1, name);
    for (const { elem } of entries) assert.ok(elem.expires <= 60, `${name}: ${elem.expires} s`);
  }
  dropper.clear();
});

test("what nft says is the answer, and what was in force stays", () => {
  dropper.apply({ ...nothing, ipv4: ["127.0.0.9"] });
  assert.match(dropper.apply({ ...nothing, ipv4: ["no address"] }) ?? "", /Error/);
  assert.not.ok(isAnswered("127.0.0.9"));
  dropper.clear();
});

test.run();

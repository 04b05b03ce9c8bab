import { test } from "uvu";
import * as assert from "uvu/assert";
import { Tap } from "../../../daemon/layer45/tap.ts";
import { addressBytes, type Layer45UnitSpec } from "../../../schemas/mod.ts";

const tap = (spec: Partial<Layer45UnitSpec["tap"]> = {}): Tap =>
  new Tap({ protocol: "UDP", application: {}, local: {}, remote: {}, ...spec });
const owner = (task: string, group: string, otherTasks: string[] = []) => ({
  cookie: 1n,
  inode: 2,
  process: 7,
  task,
  group,
  otherTasks,
});
const end = (address: string, port: number) => ({ address: addressBytes(address) as Uint8Array, port });
const dig = owner("isc-net-0000", "dig");
const query = { local: end("10.0.0.1", 40_000), remote: end("10.0.0.3", 53) };

test("a tap that leaves all out matches everything, and all of it is open", () => {
  const any = tap();
  assert.ok(any.matchesOwner(dig));
  assert.ok(any.matchesEnds(query));
  assert.is(any.open.size, 6);
});

for (const [application, matches] of [
  [{ group: "dig" }, true],
  [{ task: "isc-net-0000" }, true],
  [{ task: "isc-net-0000", group: "dig" }, true],
  [{ task: "isc-net-*" }, true],
  [{ task: "isc-net-000?" }, true],
  [{ group: "d*g" }, true],
  [{ group: "di" }, false],
  [{ group: "d?" }, false],
  [{ group: "d.g" }, false],
  [{ task: "dig" }, false],
  [{ task: "isc-net-*", group: "named" }, false],
] as const) {
  test(`application ${JSON.stringify(application)} is ${matches ? "" : "not "}dig`, () => {
    assert.is(tap({ application }).matchesOwner(dig), matches);
  });
}

test("a thread that the kernel does not tell apart may be any of its process", () => {
  assert.ok(tap({ application: { task: "worker-1" } }).matchesOwner(owner("main", "app", ["worker-1"])));
});

for (const [ends, matches] of [
  [{ remote: { port: 53 } }, true],
  [{ remote: { address: "10.0.0.3", port: 53 } }, true],
  [{ local: { address: "10.0.0.1" } }, true],
  [{ remote: { port: 54 } }, false],
  [{ remote: { address: "10.0.0.4", port: 53 } }, false],
  [{ local: { port: 53 } }, false],
  [{ remote: { address: "fd00::3" } }, false],
] as const) {
  test(`ends ${JSON.stringify(ends)} are ${matches ? "" : "not "}those of the query`, () => {
    assert.is(tap(ends).matchesEnds(query), matches);
  });
}

test("IPv6 addresses match however they are written", () => {
  const ends = { local: end("fd00::1", 9), remote: end("fd00:0:0::3", 53) };
  assert.ok(tap({ remote: { address: "FD00::0:3" } }).matchesEnds(ends));
});

test("what a tap gives is not open", () => {
  const some = tap({
    application: { group: "dig", task: "isc-*" },
    remote: { address: "10.0.0.3", port: 53 },
  });
  assert.equal([...some.open].sort(), ["localAddress", "localPort", "task"]);
});

test.run();

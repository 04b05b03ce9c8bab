import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { interfaceMtu, listInterfaces } from "../../../daemon/linux/mod.ts";

test("an interface's MTU is what it was set to", () => {
  execFileSync("ip", ["link", "add", "one", "mtu", "1400", "type", "veth", "peer", "name", "two"]);
  const found = listInterfaces().find(({ name }) => name === "one");
  assert.is(interfaceMtu(found?.index ?? 0), 1_400);
});

test("of an interface that is gone there is none", () => {
  assert.throws(() => interfaceMtu(4_242), /Cannot read the MTU of interface 4242: .*ENODEV/);
});

test.run();

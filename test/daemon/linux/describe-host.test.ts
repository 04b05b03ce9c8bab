import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { describeHost } from "../../../daemon/linux/mod.ts";

const ip = (...words: string[]) => execFileSync("ip", words);

const deadlineMs = 60_000;

test("a host is described by its kernel and its interfaces, without the loopback", () => {
  ip("link", "add", "left", "address", "02:00:00:00:00:05", "type", "veth", "peer", "name", "right");
  ip("address", "add", "10.0.0.5/24", "dev", "left");
  ip("address", "add", "fd00::5/64", "dev", "left", "nodad");
  ip("link", "set", "left", "up");
  ip("link", "set", "right", "up");
  // The kernel finds out about carriers on its own time.
  for (const end = Date.now() + deadlineMs; describeHost().interfaces.some(({ up }) => !up); )
    assert.ok(Date.now() < end, "the interfaces are not up");
  const { kernel, interfaces } = describeHost();
  assert.match(kernel, /^\d+\.\d+/);
  assert.equal(interfaces.map(({ name }) => name).sort(), ["left", "right"]);
  const left = interfaces.find(({ name }) => name === "left");
  assert.is(left?.mac, "02:00:00:00:00:05");
  assert.is(left?.up, true);
  assert.equal(
    left?.addresses.filter((address) => !address.startsWith("fe80")),
    ["10.0.0.5/24", "fd00::5/64"],
  );
});

test.run();

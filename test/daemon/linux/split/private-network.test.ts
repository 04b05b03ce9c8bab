import { test } from "uvu";
import * as assert from "uvu/assert";
import { listInterfaces } from "../../../../daemon/linux/mod.ts";
import { indexOf, PrivateNetwork } from "../../../../daemon/linux/split/private-network.ts";
import { until } from "../../sleep/until.ts";

const outside = "nl-private";
const address = [0x02, 0, 0, 0, 0, 9];
const names = (): string[] => listInterfaces().map(({ name }) => name);

test("work is done inside, where there is one way out, and the thread is at home again whatever becomes of it", () => {
  const network = PrivateNetwork.make(outside, address);
  const home = names();
  assert.ok(home.includes(outside));
  assert.is(indexOf(outside), network.index);
  const inside = network.inside(() => listInterfaces().filter(({ name }) => name !== "lo"));
  assert.equal(
    inside.map(({ mac }) => mac),
    ["02:00:00:00:00:09"],
  );
  assert.equal(names(), home);
  const failing = () =>
    network.inside(() => {
      throw new Error("went wrong");
    });
  assert.throws(failing, /went wrong/);
  assert.equal(names(), home);
  network.close();
});

test("the interface is gone when the network is closed, and another may have its name", async () => {
  await until("the one before is gone", () => !names().includes(outside));
  PrivateNetwork.make(outside, address).close();
  await until("the interface is gone", () => !names().includes(outside));
});

test("a network that cannot be set up leaves nothing, and says what is wrong", () => {
  const home = names();
  assert.throws(() => PrivateNetwork.make("a-name-that-is-too-long", address), /set up|File name|name/i);
  assert.equal(names(), home);
});

test.run();

import { execFileSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listInterfaces } from "../../../daemon/linux/mod.ts";

const run = (line: string): string => execFileSync("sh", ["-euc", line], { encoding: "utf8" });

test("interfaces are listed with index, address and mask, those that are down and bare too", () => {
  run(`
    ip link add one type veth peer name two
    ip link set one address 02:00:00:00:00:01 up
    ip link set two up
    ip addr add 10.9.0.1/23 dev one
    ip addr add fd00::1/64 dev one nodad
    ip link add three type bridge`);
  const found = listInterfaces();
  const one = found.find((entry) => entry.name === "one")!;
  assert.is(one.mac, "02:00:00:00:00:01");
  assert.is(one.index, Number(run("ip -o link show dev one").split(":")[0]));
  assert.is(one.up, true);
  assert.equal(
    one.addresses
      .filter((address) => address.family === 4 || address.bytes[0] === 0xfd)
      .map((address) => [address.family, Buffer.from(address.bytes).toString("hex"), address.prefixBits]),
    [
      [4, "0a090001", 23],
      [6, "fd000000000000000000000000000001", 64],
    ],
  );
  assert.is(found.find((entry) => entry.name === "three")!.up, false);
  assert.is(found.find((entry) => entry.name === "lo")!.loopback, true);
});

test("a thread that entered a namespace sees its interfaces; its siblings do not", async () => {
  run("ip netns add room; ip -n room link add inside type bridge");
  const door = new URL("../../../daemon/linux/mod.js", import.meta.url).href;
  const names = await new Promise<string[]>((resolve, reject) => {
    const worker = new Worker(
      `import(${JSON.stringify(door)}).then(({ enterNetworkNamespace, listInterfaces }) => {
        enterNetworkNamespace("/run/netns/room");
        require("node:worker_threads").parentPort.postMessage(listInterfaces().map((found) => found.name));
      });`,
      { eval: true },
    );
    worker.once("message", resolve).once("error", reject);
  });
  assert.equal(names, ["lo", "inside"]);
  assert.not(listInterfaces().some((found) => found.name === "inside"));
});

test.run();

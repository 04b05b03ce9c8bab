import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildNetwork, type HostPlan, planTopology } from "../../lab/mod.ts";

const plan = (name: string, addresses: string[][], more: Partial<HostPlan> = {}): HostPlan => ({
  id: `default/${name}`,
  interfaces: addresses.map((list, index) => ({ name: `eth${index}`, addresses: list, link: {} })),
  router: false,
  ...more,
});

/** One namespace set for the file: two LANs behind a router, and a host with a slow link. */
test.before(() =>
  buildNetwork(
    planTopology([
      plan("pc", [["10.0.0.2/24", "fd00::2/64"]]),
      plan("slow", [], {
        interfaces: [{ name: "eth0", addresses: ["10.0.0.3/24"], link: { rateBitsPerSecond: 1_000_000 } }],
      }),
      plan(
        "rt",
        [
          ["10.0.0.1/24", "fd00::1/64"],
          ["10.0.1.1/24", "fd01::1/64"],
        ],
        { router: true },
      ),
      plan("srv", [["10.0.1.2/24", "fd01::2/64"]]),
    ]),
  ),
);

function inHost(host: string, ...command: string[]): { code: number | null; output: string } {
  const ran = spawnSync("nsenter", [`--net=/run/netns/${host}`, ...command], { encoding: "utf8" });
  return { code: ran.status, output: ran.stdout + ran.stderr };
}

test("hosts of one LAN reach each other at once, by IPv4 and IPv6", () => {
  for (const address of ["10.0.0.1", "10.0.0.3", "fd00::1"]) {
    const { code, output } = inHost("pc", "ping", "-c1", "-W2", address);
    assert.is(code, 0, output);
  }
});

test("hosts of different LANs reach each other through the router only", () => {
  for (const address of ["10.0.1.2", "fd01::2"]) {
    const { code, output } = inHost("pc", "ping", "-c1", "-W2", address);
    assert.is(code, 0, output);
    assert.match(output, "ttl=63");
  }
});

test("a rate limit holds back what is over it in both directions, and nothing else", () => {
  // 40 frames of 1,428 bytes at once: the bucket and 50 ms of queue hold a fraction of them at 1 Mbit/s.
  const burst = ["ping", "-c40", "-l40", "-s1400", "-w2", "-q"];
  const received = (output: string): number => Number(/(\d+) received/.exec(output)?.[1]);
  const count = received(inHost("pc", ...burst, "10.0.0.3").output);
  assert.ok(count >= 2 && count <= 30, `${count} received`);
  assert.is(received(inHost("pc", ...burst, "10.0.0.1").output), 40);
  // A sender waits for its own queue instead of losing, so what tells is how often it had to.
  inHost("slow", ...burst, "10.0.0.2");
  assert.match(inHost("slow", "tc", "-s", "qdisc", "show", "dev", "eth0").output, /tbf .*overlimits [1-9]/s);
});

test("frames leave a host checksummed and no longer than the MTU", () => {
  const { output } = inHost("pc", "ethtool", "-k", "eth0");
  assert.match(output, "tx-checksum-ip-generic: off");
});

test("a network that cannot be built is a problem that says so", async () => {
  const twice = plan("pc", [["10.0.0.2/24"]]);
  try {
    await buildNetwork(planTopology([twice]));
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^Cannot make the namespaces: ip failed: /);
  }
});

test.run();

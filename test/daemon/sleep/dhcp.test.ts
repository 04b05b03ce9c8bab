import { readFileSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import { capture } from "./capture.ts";
import { fallAsleep, hostMac, installRule, installSleeper, onLan, run, untilCounter } from "./lan.ts";
import { type Running, runUntilReady } from "./running.ts";
import { until } from "./until.ts";

/** udhcpc on the host has a lease from dnsmasq on the client's machine, which is the router here. */
let engine: Engine;
const leaseFile = "/run/leases";
const lease = 120;

onLan(
  test,
  (started) => {
    engine = started;
  },
  {
    prepare: () => {
      // What udhcpc calls with what it was given (busybox, udhcpc.md).
      const script = `#!/bin/sh
        [ "$1" = bound ] || [ "$1" = renew ] || exit 0
        ip addr flush dev "$interface" scope global; ip addr add "$ip/24" dev "$interface"`;
      writeFileSync("/run/udhcpc", script, { mode: 0o755 });
    },
  },
);

/** A server that gives the host this address, and says so in its log. */
function startServer(address: string): Promise<Running> {
  const leases = [
    `--dhcp-range=10.9.0.0,static,255.255.255.0,${lease}`,
    `--dhcp-host=${hostMac},${address}`,
    "--dhcp-authoritative",
    `--dhcp-leasefile=${leaseFile}`,
  ];
  const plain = ["-d", "--port=0", "--interface=eth0", "--user=root", "--no-ping", "--conf-file=/dev/null"];
  return runUntilReady("DHCP, static leases only", "client", "dnsmasq", ...plain, ...leases);
}

/** When the lease of the host ends, in seconds of the epoch. */
const leaseEnd = () => Number(readFileSync(leaseFile, "utf8").split(" ")[0]);

/** The host's rule as it falls asleep 58 s into its lease: to be renewed in 2 s. */
async function sleepWithLease() {
  const config = { address: "10.9.0.5", server: "10.9.0.1", mac: hostMac, lease, elapsed: lease / 2 - 2 };
  const rule = await installRule(engine, {
    name: "dhcp",
    program: "dhcp-renew",
    layer: "UDP",
    port: 68,
    addresses: ["10.9.0.5/32", "255.255.255.255/32"],
    intervalMs: 200,
    config: { ...config, clientId: `01${hostMac.replaceAll(":", "")}` },
  });
  await fallAsleep(engine);
  return rule;
}

const askForLease = () => run("ip netns exec host udhcpc -i eth0 -f -n -q -t 5 -T 1 -s /run/udhcpc 2>&1");

test("the lease that udhcpc was given by dnsmasq is renewed while the host sleeps, and is its own when it wakes", async () => {
  const server = await startServer("10.9.0.5");
  assert.match(askForLease(), /lease of 10\.9\.0\.5 obtained/);
  const endBefore = leaseEnd();
  const sleeper = await installSleeper(engine);
  const told = server.errors.length;
  const frames = await capture("client", "eth0", "dhcp && udp.srcport == 68", [
    ...["dhcp.option.dhcp", "dhcp.ip.client", "ip.dst", "udp.checksum.status", "ip.checksum.status"],
  ]);
  const rule = await sleepWithLease();
  await until("dnsmasq has renewed it", () => server.errors.slice(told).includes("DHCPACK(eth0) 10.9.0.5"));
  assert.not.match(server.errors.slice(told), /DHCPDISCOVER|DHCPNAK/);
  await until("the request is seen", () => frames.lines.length === 1);
  assert.equal(frames.lines, ["3\t10.9.0.5\t10.9.0.1\t1\t1"]);
  assert.ok(leaseEnd() > endBefore);
  await untilCounter(engine, rule, "packets_total", (value) => value === 1);
  await engine.refresh?.();
  const counters = engine.observe().find(({ id }) => id === sleeper.id)?.counters;
  assert.is(counters?.asleep, 1);
  assert.is(counters?.wakes_by_rule_total, 0);
});

test("a server that gives the address to nobody any more refuses, and the host is woken for it", async () => {
  const first = await startServer("10.9.0.5");
  askForLease();
  await first.stop();
  const second = await startServer("10.9.0.77");
  const sleeper = await installSleeper(engine);
  await sleepWithLease();
  await untilCounter(engine, sleeper, "wakes_by_rule_total", (value) => value === 1);
  assert.match(second.errors, /DHCPNAK\(eth0\) 10\.9\.0\.5/);
});

test.run();

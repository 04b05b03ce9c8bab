import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import { capture } from "./capture.ts";
import {
  hostMac,
  installRule,
  installSleeper,
  onLan,
  plugHost,
  run,
  sleeperUnit,
  tryOnClient,
  wakeUp,
} from "./lan.ts";
import { until } from "./until.ts";

let engine: Engine;

/** A second network, 10.8.0.0/24, whose way to the LAN is the proxy. */
function addOutside(): void {
  run(`
    ip netns add outside; ip -n outside link set lo up
    ip link add wan type veth peer name eth0 netns outside
    ip addr add 10.8.0.2/24 dev wan; ip link set wan up
    ip -n outside addr add 10.8.0.1/24 dev eth0; ip -n outside link set eth0 up
    ip -n outside route add default via 10.8.0.2
    ip -n host route add 10.8.0.0/24 via 10.9.0.2
    sysctl -qw net.ipv4.ip_forward=1`);
}
onLan(
  test,
  (started) => {
    engine = started;
  },
  { prepare: addOutside },
);

test("without takeover a proxy on the path answers what passes it, claims nothing, and wakes the host on its LAN", async () => {
  await installSleeper(engine, sleeperUnit({ takeover: false }));
  await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  await installRule(engine, { name: "syn", program: "wake-on-tcp-syn", layer: "TCP", port: 22 });
  const ping = "ip netns exec outside ping -c 3 -i 0.2 -W 5 10.9.0.5";
  assert.match(run(ping), /3 received/, "the host itself, through the router");
  const arp = await capture("client", "eth0", "arp.src.proto_ipv4 == 10.9.0.5", ["arp.src.hw_mac"]);
  await engine.power?.("default/nas", "asleep");
  plugHost("down");
  const icmp = await capture("outside", "eth0", "icmp", ["icmp.type"]);
  assert.match(run(ping), /3 received/, "the proxy");
  for (const address of ["10.9.0.5", "fd09::5"])
    assert.match(tryOnClient(`ping -c 1 -W 1 ${address}`), / 0 received/, "nobody, on the LAN itself");
  const magic = await capture("client", "eth0", "wol", ["wol.mac"]);
  run("ip netns exec outside hping3 -S -p 22 -c 1 10.9.0.5 2>/dev/null || true");
  await until("a magic packet", () => magic.lines.some((line) => line.startsWith(hostMac)));
  await until("all pings are seen", () => icmp.lines.filter((type) => type === "0").length === 3);
  assert.equal([...new Set(icmp.lines)].sort(), ["0", "8"]);
  assert.equal(arp.lines, []);
  await wakeUp(engine);
  await until("the guard is gone", () => !run("nft list tables").includes("netloom"));
  assert.match(run(ping), /3 received/, "the host again");
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import { fallAsleep, installRule, installSleeper, onLan, run, untilCounter } from "./lan.ts";
import { runUntilReady } from "./running.ts";
import { until } from "./until.ts";

/** The switch is a multicast querier (the kernel's own), and forgets members that do not answer within 3 s. */
let engine: Engine;
onLan(
  test,
  (started) => {
    engine = started;
  },
  { prepare: () => run("ip -n switch addr add 10.9.0.254/24 dev lan") },
);

const querierOf = (version: number) =>
  run(`ip -n switch link set lan type bridge mcast_snooping 1 mcast_querier 1 mcast_query_use_ifaddr 1 \
    mcast_igmp_version ${version} mcast_startup_query_interval 100 mcast_query_interval 100 \
    mcast_query_response_interval 50 mcast_membership_interval 300`);

const isMember = (port: string, group: string) =>
  run("bridge -n switch mdb show dev lan")
    .split("\n")
    .some((line) => line.includes(`port ${port} `) && line.includes(`grp ${group} `));

/** Joins 239.1.2.3, which the rule keeps, and 239.9.9.9, which it does not. */
const join = `
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for group in ("239.1.2.3", "239.9.9.9"):
  s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("10.9.0.5"))
print("joined", flush=True)
time.sleep(3600)`;

for (const version of [3, 2]) {
  test(`a querier of IGMP version ${version} goes on seeing the host in the groups its rule has, and in no other`, async () => {
    querierOf(version);
    const member = await runUntilReady("joined", "host", "python3", "-c", join);
    await until("the switch knows both", () =>
      ["239.1.2.3", "239.9.9.9"].every((group) => isMember("to-host", group)),
    );
    await installSleeper(engine);
    const rule = await installRule(engine, {
      name: "groups",
      program: "igmpv3-member",
      layer: "IGMP",
      addresses: ["224.0.0.1/32", "239.1.2.3/32", "239.1.2.4/32"],
      config: { address: "10.9.0.5", groups: [{ group: "239.1.2.3" }, { group: "239.1.2.4" }] },
    });
    await fallAsleep(engine);
    for (const group of ["239.1.2.3", "239.1.2.4"])
      await until(`the proxy is in ${group} for it`, () => isMember("to-proxy", group));
    // Longer than a membership lasts: what is still there was reported again.
    await untilCounter(engine, rule, "packets_total", (value) => value >= 5);
    await until("the group that nobody keeps is forgotten", () => !isMember("to-host", "239.9.9.9"));
    assert.ok(isMember("to-proxy", "239.1.2.3") && isMember("to-proxy", "239.1.2.4"));
    assert.not(isMember("to-proxy", "239.9.9.9"));
    await member.stop();
  });
}

test.run();

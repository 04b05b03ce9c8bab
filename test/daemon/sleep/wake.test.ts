import { test } from "uvu";
import * as assert from "uvu/assert";
import { arpAnnouncement } from "../../../daemon/sleep/arp.ts";
import { powerTimes } from "../../../daemon/sleep/power.ts";
import type { SleeperSpec, Unit } from "../../../schemas/mod.ts";
import { capture } from "./capture.ts";
import { mac } from "./frames.ts";
import {
  clientMac,
  counter,
  fallAsleep,
  hostMac,
  installRule,
  installSleeper,
  knock,
  onClient,
  onLan,
  plugHost,
  powered,
  proxyMac,
  run,
  sendFrames,
  sleeperUnit,
  synRule,
  tryOnClient,
  untilCounter,
  wakeUp,
} from "./lan.ts";
import { runIn } from "./running.ts";
import { until } from "./until.ts";

const lan = onLan(test, undefined, { secrets: { word: "01:02:03:04:05:06", bad: "seven" } });

async function asleepWith(wake: SleeperSpec["wake"]): Promise<Unit> {
  const sleeper = await installSleeper(lan.engine, sleeperUnit({ wake }));
  await installRule(lan.engine, synRule);
  await fallAsleep(lan.engine);
  return sleeper;
}

test("a TCP SYN wakes the host by magic packets of EtherType 0x0842, as many as asked for, other ports do not", async () => {
  const sleeper = await asleepWith({ transport: "ethernet", repeat: 3 });
  const magic = await capture("client", "eth0", "wol", ["eth.type", "eth.dst", "wol.mac"]);
  knock(23);
  knock(22, 5);
  const all = new Array(16).fill(hostMac).join(",");
  await until("three magic packets", () => magic.lines.length === 3);
  assert.equal(magic.lines, new Array(3).fill(`0x0842\tff:ff:ff:ff:ff:ff\t${all}`));
  await untilCounter(lan.engine, sleeper, "waking", (value) => value === 1);
  assert.is(counter(lan.engine, sleeper, "wakes_by_rule_total"), 1, "one wake, however often it is wanted");
});

test("a host that loses its proxy while it sleeps is woken; one that is awake is left alone", async () => {
  const sleeper = await asleepWith({ transport: "ethernet", repeat: 2 });
  const magic = await capture("client", "eth0", "wol", ["eth.type"]);
  await lan.engine.revoke(sleeper.id);
  await until("two magic packets", () => magic.lines.length === 2);
  const again = await installSleeper(lan.engine, sleeperUnit({ wake: { transport: "ethernet", repeat: 2 } }));
  await lan.engine.revoke(again.id);
  const last = await asleepWith({ transport: "ethernet", repeat: 1 });
  await lan.engine.revoke(last.id);
  await until("one more", () => magic.lines.length === 3);
});

test("a wake is told with the rule that asked, for whom and for what", async () => {
  const sleeper = await asleepWith({ transport: "ethernet", repeat: 1 });
  knock(22, 3);
  await untilCounter(lan.engine, sleeper, "wakes_tcp_total", (value) => value === 1);
  const seen = lan.engine.observe().find(({ id }) => id === sleeper.id);
  const [wake, another] = seen?.wakes ?? [];
  assert.is(another, undefined, "who knocks while it is called is no cause");
  const { atMs, ...cause } = wake ?? { atMs: 0 };
  assert.equal(cause, { rule: "Rule/default/syn/nas", protocol: "TCP", peer: "10.9.0.1" });
  assert.ok(Math.abs(Date.now() - atMs) < 60_000);
  await wakeUp(lan.engine);
  await fallAsleep(lan.engine);
  await wakeUp(lan.engine);
  await untilCounter(lan.engine, sleeper, "wakes_by_itself_total", (value) => value === 1);
  const last = lan.engine
    .observe()
    .find(({ id }) => id === sleeper.id)
    ?.wakes?.at(-1);
  assert.equal(Object.keys(last ?? {}), ["atMs"]);
});

test("by UDP the magic packet goes to port 9 of everybody, with the password behind it", async () => {
  await asleepWith({ transport: "udp", repeat: 1, secureOn: "word" });
  const magic = await capture("client", "eth0", "wol", ["ip.src", "ip.dst", "udp.dstport", "frame.len"]);
  knock(22);
  await until("a magic packet", () => magic.lines.length === 1);
  assert.equal(magic.lines, [`10.9.0.2\t255.255.255.255\t9\t${14 + 28 + 102 + 6}`]);
});

test("a secret that is no password refuses the host's unit", async () => {
  const unit = sleeperUnit({ wake: { transport: "udp", repeat: 1, secureOn: "bad" } });
  try {
    await lan.engine.install({ unit, priority: 1, artifacts: new Map() });
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /the secret "bad" is no SecureOn password/);
  }
});

test("a host that is called is awake with its first frame, and the client finds it where it was", async () => {
  const sleeper = await asleepWith({ transport: "ethernet", repeat: 1 });
  knock(22);
  await untilCounter(lan.engine, sleeper, "waking", (value) => value === 1);
  plugHost("up");
  run("ip -n host neigh flush dev eth0; ip netns exec host ping -c 1 -W 0.1 10.9.0.1 || true");
  await untilCounter(lan.engine, sleeper, "asleep", (value) => value === 0);
  assert.equal(powered, ["default/nas awake"]);
  await until("the client knows the host's address", () =>
    onClient("ip neigh show 10.9.0.5 dev eth0").includes(hostMac),
  );
  assert.is(counter(lan.engine, sleeper, "wakes_by_itself_total"), 0);
});

test("frames a host sends while it falls asleep do not count, later ones do: it woke by itself", async () => {
  const sleeper = await installSleeper(lan.engine);
  // What the switch sends to the client alone is not seen; asking for the client's address is.
  const speak = () =>
    run("ip -n host neigh flush dev eth0; ip netns exec host ping -c 1 -W 0.05 10.9.0.1 || true");
  await lan.engine.power?.("default/nas", "asleep");
  const fellAsleepMs = performance.now();
  speak();
  await lan.engine.refresh?.();
  if (performance.now() - fellAsleepMs < powerTimes.settleMs)
    assert.is(counter(lan.engine, sleeper, "asleep"), 1);
  await until("its frames count", async () => {
    speak();
    await lan.engine.refresh?.();
    return counter(lan.engine, sleeper, "asleep") === 0;
  });
  assert.ok(performance.now() - fellAsleepMs >= powerTimes.settleMs);
  assert.is(counter(lan.engine, sleeper, "wakes_by_itself_total"), 1);
  assert.ok(counter(lan.engine, sleeper, "asleep_seconds_total") >= powerTimes.settleMs / 1000);
});

test("what a rule kept for the host reaches it when it wakes", async () => {
  await installSleeper(lan.engine);
  const config = { threshold: 3 };
  await installRule(lan.engine, { name: "buffer", program: "udp-buffer", layer: "UDP", port: 6000, config });
  await fallAsleep(lan.engine);
  for (const word of ["one", "two"])
    run(`ip netns exec client bash -c 'echo -n ${word} > /dev/udp/10.9.0.5/6000'`);
  await lan.engine.refresh?.();
  const listener = runIn("host", "socat", "-u", "UDP-RECV:6000", "STDOUT");
  await until("the host listens", () => run("ip netns exec host ss -lunH sport = 6000").length > 0);
  await wakeUp(lan.engine);
  await until("both datagrams arrive", () => listener.output === "onetwo");
});

test("who looks whether a sleeping host's address is free hears that it is not", async () => {
  await installSleeper(lan.engine);
  await fallAsleep(lan.engine);
  assert.match(tryOnClient("arping -0 -c 1 -w 5 -i eth0 10.9.0.5"), /02:00:00:00:00:02/i);
  run("ip netns exec client sysctl -qw net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.eth0.accept_dad=1");
  run("ip -n client addr add fd09::5/64 dev eth0");
  await until("duplicate address detection ends", () => {
    const shown = onClient("ip -6 addr show dev eth0 to fd09::5");
    return shown.includes("dadfailed") || !shown.includes("tentative");
  });
  assert.match(onClient("ip -6 addr show dev eth0 to fd09::5"), /dadfailed/);
  run(
    "ip -n client addr del fd09::5/64 dev eth0; ip netns exec client sysctl -qw net.ipv6.conf.eth0.accept_dad=0",
  );
});

test("another machine that claims the address is told whose it is", async () => {
  const sleeper = await installSleeper(lan.engine);
  const arp = await capture(
    "client",
    "eth0",
    "arp.src.proto_ipv4 == 10.9.0.5 && arp.dst.proto_ipv4 == 10.9.0.5",
    ["arp.src.hw_mac"],
  );
  await fallAsleep(lan.engine);
  await until("the announcement is repeated", () => arp.lines.length === 2);
  const claim = arpAnnouncement(mac(clientMac), mac(clientMac), 0x0a090005);
  await sendFrames([claim, claim]);
  await untilCounter(lan.engine, sleeper, "address_conflicts_total", (value) => value === 2);
  await until("it is defended", () => arp.lines.length === 3);
  assert.equal(arp.lines, [proxyMac, proxyMac, proxyMac]);
});

test("a proxy that is stopped gives the addresses back", async () => {
  await installSleeper(lan.engine);
  await lan.engine.power?.("default/nas", "asleep");
  tryOnClient("ping -c 1 -W 0.1 10.9.0.5");
  await until("the client asks the proxy", () =>
    onClient("ip neigh show 10.9.0.5 dev eth0").includes("02:00:00:00:00:02"),
  );
  await lan.engine.stop();
  await until("the client asks the host", () =>
    onClient("ip neigh show 10.9.0.5 dev eth0").includes(hostMac),
  );
  assert.match(onClient("ping -c 1 -W 5 10.9.0.5"), /1 received/);
});

test("a host whose unit is not active, or that shares no link, is not stood in for", async () => {
  const problem = async (work: Promise<void> | undefined) => {
    try {
      await work;
      return "";
    } catch (error) {
      return String(error);
    }
  };
  const unit = sleeperUnit();
  await lan.engine.install({ unit, priority: 1, artifacts: new Map() });
  assert.match(await problem(lan.engine.power?.("default/nas", "asleep")), /is installed; activate it first/);
  const interfaces = [{ mac: hostMac, addresses: ["192.0.2.5/24"] }];
  await installSleeper(lan.engine, sleeperUnit({ interfaces }));
  assert.match(
    await problem(lan.engine.power?.("default/nas", "asleep")),
    /interfaces \(lan\).*192\.0\.2\.5\/24/,
  );
});

test.run();

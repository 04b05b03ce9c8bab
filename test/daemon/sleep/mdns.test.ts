import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { capture } from "./capture.ts";
import { counter, fallAsleep, installRule, installSleeper, onLan, tryOnClient } from "./lan.ts";
import { type Running, runUntilReady } from "./running.ts";
import { until } from "./until.ts";

/** avahi on the client, on a message bus of its own: this sandbox's /run is private. */
let engine: Engine;
let sleeper: Unit;
onLan(
  test,
  async (started) => {
    engine = started;
    sleeper = await installSleeper(engine);
    await installRule(engine, {
      name: "mdns",
      program: "mdns-responder",
      layer: "UDP",
      port: 5353,
      addresses: ["10.9.0.5/32", "fd09::5/128", "224.0.0.251/32", "ff02::fb/128"],
      config: { addresses: ["10.9.0.5", "fd09::5"], records },
    });
    await fallAsleep(engine);
  },
  {
    prepare: () => {
      mkdirSync("/run/dbus");
      writeFileSync("/run/dbus.conf", busConfiguration);
    },
  },
);

const records = [
  { name: "nas.local", type: "A", data: "10.9.0.5" },
  { name: "nas.local", type: "AAAA", data: "fd09::5" },
  { name: "_services._dns-sd._udp.local", type: "PTR", data: "_http._tcp.local" },
  { name: "_http._tcp.local", type: "PTR", data: "files._http._tcp.local" },
  { name: "files._http._tcp.local", type: "SRV", port: 80, target: "nas.local" },
  { name: "files._http._tcp.local", type: "TXT", text: ["path=/share"] },
];

const busConfiguration = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_destination="*"/>
<allow receive_type="*"/></policy></busconfig>`;

async function startAvahi(hostName: string): Promise<Running> {
  await runUntilReady("system_bus_socket", "client", ...busWords);
  const settings = `[server]\nhost-name=${hostName}\nallow-interfaces=eth0\n`;
  writeFileSync("/run/avahi.conf", settings);
  const words = ["--no-drop-root", "--no-chroot", "--no-rlimits", "--file=/run/avahi.conf"];
  return runUntilReady("Server startup complete", "client", "avahi-daemon", ...words);
}

const busWords = [
  "dbus-daemon",
  "--config-file=/run/dbus.conf",
  "--nofork",
  "--nopidfile",
  "--print-address",
] as const;

// avahi-daemon gives its runtime folder to a user of its own, which only root of the machine can.
if (isRootOfMachine()) {
  test("avahi-browse finds and resolves the sleeping host's service, and avahi-resolve its name and address", async () => {
    await startAvahi("client");
    const frames = await capture("client", "eth0", "mdns && eth.src == 02:00:00:00:00:02", [
      ...["ip.checksum.status", "udp.checksum.status", "_ws.malformed", "_ws.expert.message"],
    ]);
    const found = () => tryOnClient("avahi-browse --resolve --parsable --terminate _http._tcp");
    const resolved = /^=;eth0;IPv4;files;[^;]+;local;nas\.local;10\.9\.0\.5;80;"path=\/share"$/m;
    await until("avahi has resolved it", () => resolved.test(found()));
    assert.match(
      found(),
      /^=;eth0;IPv6;files;[^;]+;local;nas\.local;(fd09::5|10\.9\.0\.5);80;"path=\/share"$/m,
    );
    assert.match(tryOnClient("avahi-browse --all --terminate --parsable"), /;files;/);
    assert.match(tryOnClient("avahi-resolve -4 --name nas.local"), /^nas\.local\t10\.9\.0\.5$/m);
    assert.match(tryOnClient("avahi-resolve -6 --name nas.local"), /^nas\.local\tfd09::5$/m);
    await until("its answers are seen", () => frames.lines.length >= 3);
    for (const line of frames.lines) assert.match(line, /^1?\t1\t\t$/);
    assert.is(counter(engine, sleeper, "wakes_by_rule_total"), 0);
  });

  test("another host that wants the sleeping host's name for itself is told that it is taken, and takes another", async () => {
    const avahi = await startAvahi("nas");
    await until("avahi has changed its name", () => avahi.errors.includes("Host name is nas-2.local"));
  });
}

// Debian's dig connects its socket, and so never hears who answers for a group: it asks the host itself (RFC 6762 §5.5).
test("dig is answered by IPv4 and IPv6, and told what there is not", () => {
  const dig = (at: string, ...words: string[]) =>
    tryOnClient(`dig +tries=1 +time=5 +noedns +nocookie -p 5353 @${at} ${words.join(" ")}`);
  assert.is(dig("10.9.0.5", "+short", "nas.local", "A"), "10.9.0.5\n");
  assert.is(dig("fd09::5", "+short", "nas.local", "AAAA"), "fd09::5\n");
  assert.is(dig("10.9.0.5", "+short", "files._http._tcp.local", "SRV"), "0 0 80 nas.local.\n");
  assert.match(dig("10.9.0.5", "nas.local", "TXT"), /IN\s+NSEC\s+nas\.local\. A AAAA/);
});

test.run();

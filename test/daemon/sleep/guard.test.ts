import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import { Guard } from "../../../daemon/sleep/guard.ts";
import { capture } from "./capture.ts";
import { fallAsleep, installRule, installSleeper, onClient, onLan, run } from "./lan.ts";
import { until } from "./until.ts";

let engine: Engine;

onLan(test, (started) => {
  engine = started;
});

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const dropped = () => run("nft list tables; nft list sets netdev 2>/dev/null || true");

test("a proxy that forwards leaves a sleeping host's packets to its rules, and takes its guard off again", async () => {
  // Every packet that the kernel forwards or refuses makes it say so to the sender.
  run(
    "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.lan.send_redirects=1",
  );
  run("sysctl -qw net.ipv4.icmp_ratelimit=0");
  await installSleeper(engine);
  await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  await fallAsleep(engine);
  await until("the guard stands", () => /10\.9\.0\.5/.test(dropped()) && /fd09::5/.test(dropped()));
  const seen = await capture("client", "eth0", "icmp", ["icmp.type"]);
  assert.match(onClient("ping -c 5 -i 0.7 -W 5 10.9.0.5"), /5 received/);
  await until("all are seen", () => seen.lines.length >= 10);
  assert.equal([...new Set(seen.lines)].sort(), ["0", "8"], "echo requests and replies, and nothing else");
  await engine.power?.("default/nas", "awake");
  await until("the guard is gone", () => !/10\.9\.0\.5/.test(dropped()));
  await engine.power?.("default/nas", "asleep");
  await until("the guard stands again", () => /10\.9\.0\.5/.test(dropped()));
  await engine.stop();
  assert.not.match(dropped(), /netloom/);
});

test("what the guard drops is said again long before it would end", () => {
  const drops = { interfaces: ["lan"], ipv4: ["10.9.0.5"], ipv6: [], connections4: [], connections6: [] };
  const guard = new Guard(() => drops, silent);
  guard.changed("more");
  const dueMs = guard.turn(1_000);
  assert.ok(dueMs <= 31_000, `in ${dueMs - 1_000} ms`);
  run("nft flush set netdev netloom-sleep ipv4");
  guard.turn(dueMs - 1);
  assert.not.match(dropped(), /10\.9\.0\.5/);
  guard.turn(dueMs);
  assert.match(dropped(), /10\.9\.0\.5/);
  guard.stop();
  assert.not.match(dropped(), /netloom/);
});

test.run();

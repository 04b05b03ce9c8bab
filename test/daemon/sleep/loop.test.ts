import { test } from "uvu";
import * as assert from "uvu/assert";
import { SleepLoop } from "../../../daemon/sleep/loop.ts";
import { powerTimes } from "../../../daemon/sleep/power.ts";
import type { LoopContext } from "../../../daemon/worker/mod.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { answeringRule } from "./answering-rule.ts";
import { capture } from "./capture.ts";
import {
  fallAsleep,
  hostMac,
  installRule,
  installSleeper,
  knock,
  onClient,
  onLan,
  plugHost,
  powered,
  ruleUnit,
  run,
  sleeperUnit,
  synRule,
  untilCounter,
} from "./lan.ts";
import { runIn } from "./running.ts";
import { until } from "./until.ts";

const lan = onLan(test);

const nothing = (): void => undefined;
const context: LoopContext = {
  data: undefined,
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  gate: () => ({ enter: nothing, leave: nothing }),
  hold: nothing,
  release: nothing,
  artifact: () => new Uint8Array(),
  secret: () => new Uint8Array(),
  changed: nothing,
  powered: nothing,
};

/** The loop itself, whose clock a test can put forward, with these units; installs answer their ids. */
function loopAhead() {
  const loop = new SleepLoop(context);
  const ahead = { ms: 0 };
  const install = ({ unit, program }: { unit: Unit; program?: Uint8Array }) => {
    const artifacts = new Map(program ? [["program", program] as const] : []);
    loop.install({ unit, priority: 1, artifacts });
    loop.setState(unit.id, "active");
    return unit.id;
  };
  return { loop, ahead, install, turn: () => loop.turn(performance.now() + ahead.ms) };
}

test("what was to come of a call does not come any more when the host has been awake meanwhile", async () => {
  const { loop, ahead, install, turn } = loopAhead();
  const repeat = 4;
  const id = install({ unit: sleeperUnit({ wake: { transport: "ethernet", repeat } }) });
  install(ruleUnit(synRule));
  const waking = () => loop.observe(id)?.counters?.waking;
  const magic = await capture("client", "eth0", "wol", ["wol.mac"]);
  try {
    loop.power("default/nas", "asleep");
    plugHost("down");
    runIn("client", "hping3", "-S", "-p", "22", "-c", "1", "10.9.0.5");
    await until("it is called", () => {
      turn();
      return waking() === 1;
    });
    await until("the first magic packet", () => magic.lines.length === 1);
    loop.power("default/nas", "awake");
    loop.power("default/nas", "asleep");
    for (; ahead.ms < 2_000; ahead.ms += 100) turn();
    // Who loses its proxy while it sleeps is called as often as is asked for, at once: behind whatever came before.
    loop.revoke(id);
    turn();
    await until("the last magic packets", () => magic.lines.length >= 1 + repeat);
    assert.is(magic.lines.length, 1 + repeat);
  } finally {
    loop.stop();
  }
});

test("a host that never wakes is given up after a minute, still answered for, and called again when it is wanted again", async () => {
  const { loop, ahead, install, turn } = loopAhead();
  const id = install({ unit: sleeperUnit() });
  install(ruleUnit(synRule));
  install(ruleUnit({ name: "ping", program: "icmp-echo", layer: "ICMP" }));
  const seen = (name: string) => loop.observe(id)?.counters?.[name];
  try {
    loop.power("default/nas", "asleep");
    plugHost("down");
    const knocking = runIn("client", "hping3", "-S", "-p", "22", "-i", "u50000", "10.9.0.5");
    const called = (times: number) =>
      until(`it is called ${times} times`, () => {
        turn();
        return seen("wakes_by_rule_total") === times;
      });
    await called(1);
    await knocking.stop();
    turn();
    assert.equal([seen("asleep"), seen("waking"), seen("wakes_failed_total")], [1, 1, 0]);
    ahead.ms = powerTimes.wakeDeadlineMs + 1_000;
    turn();
    assert.equal([seen("asleep"), seen("waking"), seen("wakes_failed_total")], [1, 0, 1]);
    const ping = runIn("client", "ping", "-c", "1", "-W", "10", "10.9.0.5");
    await until("ping is answered", () => {
      turn();
      return ping.output.includes("1 received");
    });
    runIn("client", "hping3", "-S", "-p", "22", "-c", "1", "10.9.0.5");
    await called(2);
    assert.is(seen("waking"), 1);
  } finally {
    loop.stop();
  }
});

test("a host that was given another MAC by a commit is called there, and its frames from there are its waking", async () => {
  const newMac = "02:00:00:00:00:15";
  await installSleeper(lan.engine);
  await installRule(lan.engine, synRule);
  await fallAsleep(lan.engine);
  const interfaces = [{ mac: newMac, addresses: ["10.9.0.5/24", "fd09::5/64"] }];
  const sleeper = await installSleeper(lan.engine, sleeperUnit({ interfaces }));
  await untilCounter(lan.engine, sleeper, "asleep", (value) => value === 1);
  const magic = await capture("client", "eth0", "wol", ["wol.mac"]);
  knock(22);
  await until("a magic packet", () => magic.lines.length > 0);
  assert.equal([...new Set(magic.lines[0]?.split(","))], [newMac]);
  try {
    run(`ip -n host link set eth0 down; ip -n host link set eth0 address ${newMac} up`);
    plugHost("up");
    run("ip netns exec host arping -c 1 -w 1 -i eth0 10.9.0.1 || true");
    await untilCounter(lan.engine, sleeper, "asleep", (value) => value === 0);
    assert.equal(powered, ["default/nas awake"]);
    await until("the client knows where it is now", () =>
      onClient("ip neigh show 10.9.0.5 dev eth0").includes(newMac),
    );
  } finally {
    run(`ip -n host link set eth0 down; ip -n host link set eth0 address ${hostMac} up;
      ip -n host addr add fd09::5/64 dev eth0 nodad`);
  }
});

test("two rules of equal priority both answer, in the order of their names, however they came", async () => {
  await installSleeper(lan.engine);
  for (const [name, port] of [
    ["b", 7002],
    ["c", 7003],
    ["a", 7001],
  ] as const)
    await installRule(lan.engine, { name, program: answeringRule(port), layer: "UDP", port: 9000 }, 50);
  await fallAsleep(lan.engine);
  const seen = await capture("client", "eth0", "udp && ip.src == 10.9.0.5 && !icmp", ["udp.dstport"]);
  const ask = () => run("ip netns exec client bash -c 'echo -n hello > /dev/udp/10.9.0.5/9000'");
  ask();
  await until("three answers", () => seen.lines.length === 3);
  ask();
  await until("three more", () => seen.lines.length === 6);
  assert.equal(seen.lines, ["7001", "7002", "7003", "7001", "7002", "7003"]);
});

test.run();

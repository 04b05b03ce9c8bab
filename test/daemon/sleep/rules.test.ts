import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Unit } from "../../../schemas/mod.ts";
import { answeringRule, keepingRule } from "./answering-rule.ts";
import { capture } from "./capture.ts";
import { fallAsleep, installRule, installSleeper, onLan, run, wakeUp } from "./lan.ts";
import { until } from "./until.ts";

const lan = onLan(test);

const install = (name: string, program: Uint8Array, priority: number): Promise<Unit> =>
  installRule(lan.engine, { name, program, layer: "UDP", port: 9000 }, priority);

test("the priority of a rule may change while its host sleeps, and its answers have the new place from then on", async () => {
  await installSleeper(lan.engine);
  await install("first", answeringRule(7001), 10);
  const other = await install("other", answeringRule(7002), 20);
  await fallAsleep(lan.engine);
  const seen = await capture("client", "eth0", "udp && ip.src == 10.9.0.5 && !icmp", ["udp.dstport"]);
  const ask = () => run("ip netns exec client bash -c 'echo -n hello > /dev/udp/10.9.0.5/9000'");
  ask();
  await until("both answer", () => seen.lines.length === 2);
  await lan.engine.setPriority(other.id, 5);
  ask();
  await until("both answer again", () => seen.lines.length === 4);
  assert.equal(seen.lines, ["7001", "7002", "7002", "7001"]);
  assert.is(lan.engine.observe().find(({ id }) => id === other.id)?.priority, 5);
});

test("what rules have kept reaches the host that woke in the order of their priorities", async () => {
  await installSleeper(lan.engine);
  await install("late", keepingRule(8003), 30);
  await install("early", keepingRule(8001), 10);
  await install("between", keepingRule(8002), 20);
  await fallAsleep(lan.engine);
  const seen = await capture("host", "eth0", "udp && !icmp", ["udp.dstport"]);
  await wakeUp(lan.engine);
  await until("all three", () => seen.lines.length === 3);
  assert.equal(seen.lines, ["8001", "8002", "8003"]);
});

test("a rule that is not active yet, or not any more, has no part in what its host is asked", async () => {
  await installSleeper(lan.engine);
  const rule = await install("first", answeringRule(7001), 10);
  await install("other", answeringRule(7002), 20);
  await fallAsleep(lan.engine);
  const seen = await capture("client", "eth0", "udp && ip.src == 10.9.0.5 && !icmp", ["udp.dstport"]);
  const ask = () => run("ip netns exec client bash -c 'echo -n hello > /dev/udp/10.9.0.5/9000'");
  await lan.engine.setState(rule.id, "installed");
  ask();
  await until("the other answers", () => seen.lines.length === 1);
  await lan.engine.setState(rule.id, "active");
  ask();
  await until("both answer", () => seen.lines.length === 3);
  await lan.engine.setState(rule.id, "deprecated");
  ask();
  await until("the other answers again", () => seen.lines.length === 4);
  assert.equal(seen.lines, ["7002", "7001", "7002", "7002"]);
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { ruleText, wasmData, wat } from "../../modules/wat.ts";
import { capture } from "./capture.ts";
import { ipv4, udp } from "./frames.ts";
import {
  counter,
  fallAsleep,
  installRule,
  installSleeper,
  onClient,
  onLan,
  type RuleOptions,
  run,
  sleeperUnit,
  tryOnClient,
  untilCounter,
} from "./lan.ts";
import { until } from "./until.ts";

let engine: Engine;

onLan(test, async (started) => {
  engine = started;
  await installSleeper(engine);
});

const pingOnce = () => tryOnClient("ping -c 1 -W 0.3 10.9.0.5");
const problemOf = (unit: Unit) => engine.observe().find(({ id }) => id === unit.id)?.problem;
const icmp = (name: string, text: string): RuleOptions => ({ name, program: wat(text), layer: "ICMP" });

const faulty: [what: string, text: string][] = [
  ["traps", ruleText({ process: "unreachable" })],
  ["answers from outside its memory", ruleText({ process: "(i32.const 65536)" })],
  [
    "answers an opcode that is none",
    ruleText({ process: "(i32.store8 (i32.const 8) (i32.const 9)) (i32.const 8)" }),
  ],
  [
    "answers a packet longer than its memory",
    ruleText({
      process:
        "(i32.store8 (i32.const 8) (i32.const 2)) (i32.store (i32.const 9) (i32.const 65535)) (i32.const 8)",
    }),
  ],
  ["has no memory for the packet", ruleText({ allocate: "(i32.const 0)" })],
];

for (const [what, text] of faulty) {
  test(`a module that ${what} is stopped after five failures, and its neighbour goes on`, async () => {
    const bad = await installRule(engine, icmp("bad", text), 1);
    const good = await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" }, 2);
    await fallAsleep(engine);
    assert.match(onClient("ping -c 7 -i 0.05 -W 5 10.9.0.5"), /7 received/);
    await untilCounter(engine, bad, "faults_total", (value) => value === 5);
    assert.is(counter(engine, bad, "packets_total"), 5);
    assert.is(problemOf(bad)?.code, "unit.faulted");
    assert.match(problemOf(bad)?.message ?? "", /failed 5 times in a row/);
    assert.is(problemOf(good), undefined);
    assert.is(counter(engine, good, "answered_total"), 7);
  });
}

test("a module that fails at three of four packets is started afresh each time, and not stopped", async () => {
  // By the last byte of the request's sequence number.
  const process =
    "(if (i32.and (i32.load8_u offset=31 (local.get $in)) (i32.const 3)) (then unreachable)) (i32.const 0)";
  const rule = await installRule(engine, icmp("touchy", ruleText({ process })));
  await fallAsleep(engine);
  tryOnClient("ping -c 12 -i 0.05 -W 0.1 10.9.0.5");
  await untilCounter(engine, rule, "packets_total", (value) => value === 12);
  assert.is(counter(engine, rule, "faults_total"), 9);
  assert.is(problemOf(rule), undefined);
});

test("a module that loops for ever is stopped, and its neighbour answers again", async () => {
  const bad = await installRule(engine, {
    ...icmp("bad", ruleText({ process: "(loop $l (br $l)) (i32.const 0)" })),
  });
  const good = await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" }, 200);
  await fallAsleep(engine);
  pingOnce();
  await until("the unit is faulted", () => problemOf(bad)?.code === "unit.faulted");
  await until("pings are answered", () => pingOnce().includes("1 received"));
  assert.is(problemOf(good), undefined);
});

test("what was counted of a host and its rules outlives the thread that a module has ended", async () => {
  const sleeper = sleeperUnit();
  const good = await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" }, 1);
  await installRule(engine, { name: "syn", program: "wake-on-tcp-syn", layer: "TCP", port: 22 });
  const loop = ruleText({ process: "(loop $l (br $l)) (i32.const 0)" });
  const bad = await installRule(engine, { name: "bad", program: wat(loop), layer: "UDP", port: 9 });
  await fallAsleep(engine);
  onClient("ping -c 3 -i 0.05 -W 5 10.9.0.5");
  tryOnClient("hping3 -S -p 22 -c 1 10.9.0.5");
  await untilCounter(engine, sleeper, "wakes_tcp_total", (value) => value === 1);
  await untilCounter(engine, sleeper, "answered_total", (value) => value === 3);
  const sleptBefore = counter(engine, sleeper, "asleep_seconds_total");
  run("ip netns exec client bash -c 'echo -n hello > /dev/udp/10.9.0.5/9'");
  await until("the unit is faulted", () => problemOf(bad)?.code === "unit.faulted");
  await until("pings are answered", () => pingOnce().includes("1 received"));
  await untilCounter(engine, sleeper, "answered_total", (value) => value >= 4);
  assert.ok(counter(engine, good, "answered_total") >= 4);
  assert.is(counter(engine, sleeper, "wakes_tcp_total"), 1);
  assert.ok(counter(engine, sleeper, "asleep_seconds_total") > sleptBefore);
  assert.is(engine.observe().find(({ id }) => id === sleeper.id)?.wakes?.[0]?.peer, "10.9.0.1");
});

test("a module gets no more memory than its limit", async () => {
  // Grows by one page a packet and traps once it cannot.
  const process = "(if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)) (i32.const 0)";
  const rule = await installRule(engine, {
    ...icmp("grow", ruleText({ process })),
    limits: { memoryBytes: 4 * 65_536, timeMs: 50 },
  });
  await fallAsleep(engine);
  for (let count = 0; count < 4; count += 1) pingOnce();
  await untilCounter(engine, rule, "faults_total", (value) => value === 1);
  assert.is(counter(engine, rule, "memory_bytes"), 65_536, "it started afresh");
});

test("a module cannot speak for another host, nor in anything but IP", async () => {
  // Turns nothing around: what it sends is what it got, whose source is the client.
  const echo = `(i32.store8 (i32.const 1019) (i32.const 2)) (memory.copy (i32.const 1020) (local.get $in) (i32.const 1500)) (i32.const 1019)`;
  const spoof = await installRule(engine, icmp("spoof", ruleText({ process: echo })));
  const raw = await installRule(engine, {
    ...icmp("raw", ruleText({ process: `(i32.store16 (i32.const 1040) (i32.const 0x0608)) ${echo}` })),
    raw: true,
  });
  await fallAsleep(engine);
  pingOnce();
  await untilCounter(engine, spoof, "refused_total", (value) => value === 1);
  await untilCounter(engine, raw, "refused_total", (value) => value === 1);
  assert.is(counter(engine, spoof, "answered_total"), 0);
  assert.is(counter(engine, raw, "answered_total"), 0);
});

test("with onFault accept the host itself gets the packet", async () => {
  await installRule(engine, { ...icmp("bad", ruleText({ process: "unreachable" })), onFault: "accept" });
  await engine.power?.("default/nas", "asleep");
  const seen = await capture("host", "eth0", "icmp.type == 8", ["eth.dst", "ip.dst"]);
  pingOnce();
  await until("the host gets it", () => seen.lines.includes("02:00:00:00:00:05\t10.9.0.5"));
});

test("timers call their rule, and delayed answers leave later, until the host is awake", async () => {
  // A UDP datagram from 10.9.0.5:9 to 10.9.0.1:PORT, checksum left out; by on_timer at once, by process_packet later.
  const datagram = (port: number) =>
    Buffer.from(ipv4(udp(port), { source: [10, 9, 0, 5], destination: [10, 9, 0, 1] }));
  const size = datagram(1).length;
  const little = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const later = Buffer.concat([Buffer.of(4), little(300), little(size), datagram(7001)]);
  const atOnce = Buffer.concat([Buffer.of(2), little(size), datagram(7002)]);
  const program = wat(
    ruleText({
      process: "(i32.const 256)",
      more: `(func (export "on_timer") (result i32) (i32.const 512))
        ${wasmData(256, later)} ${wasmData(512, atOnce)}`,
    }),
  );
  const rule = await installRule(engine, {
    name: "late",
    program,
    layer: "UDP",
    port: 9000,
    intervalMs: 100,
  });
  await fallAsleep(engine);
  const seen = await capture("client", "eth0", "udp && !icmp", [...["frame.time_epoch", "udp.dstport"]]);
  const ask = () => run("ip netns exec client bash -c 'echo -n hello > /dev/udp/10.9.0.5/9000'");
  ask();
  await until("the delayed answer", () => seen.lines.some((line) => line.endsWith("\t7001")));
  await until("some ticks", () => seen.lines.filter((line) => line.endsWith("\t7002")).length >= 4);
  const timeOf = (port: number) =>
    Number(seen.lines.find((line) => line.endsWith(`\t${port}`))?.split("\t")[0]);
  assert.ok(timeOf(7001) - timeOf(9000) >= 0.299, seen.lines.join(" "));
  ask();
  // It may still lie in the ring, and once the host is awake it is not the rule's.
  await untilCounter(engine, rule, "packets_total", (value) => value === 2);
  await engine.power?.("default/nas", "awake");
  await engine.refresh?.();
  const ticks = counter(engine, rule, "answered_total");
  // Longer than the interval and the delay, so that what would come has come.
  await new Promise((resolve) => setTimeout(resolve, 400));
  await engine.refresh?.();
  assert.is(counter(engine, rule, "answered_total"), ticks, "awake: no tick and no late answer any more");
});

test("an interface that goes away is missed, and taken again when it is back", async () => {
  const rule = await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  await fallAsleep(engine);
  assert.match(onClient("ping -c 1 -W 5 10.9.0.5"), /1 received/);
  run("ip link set lan down");
  run("ip link set lan up");
  await until("pings after down and up", () => pingOnce().includes("1 received"));
  run("ip link del lan");
  await until("the sleeper says so", () =>
    engine.observe().some(({ id, problem }) => id.startsWith("Host/") && problem?.code === "sleep.no-link"),
  );
  run(`
    ip -n switch link add to-proxy type veth peer name lan netns $$
    ip -n switch link set to-proxy master lan up
    ip link set lan address 02:00:00:00:00:02 up
    ip addr add 10.9.0.2/24 dev lan; ip addr add fd09::2/64 dev lan nodad`);
  await until("pings are answered again", () => pingOnce().includes("1 received"));
  assert.is(problemOf(rule), undefined);
  await until("nothing is wrong any more", () => !engine.observe().some(({ problem }) => problem));
});

test.run();

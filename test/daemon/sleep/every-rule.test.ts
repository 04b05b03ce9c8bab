import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { capture } from "./capture.ts";
import { fromClientFrame, installEveryRule, questions } from "./every-rule.ts";
import { ethernet } from "./frames.ts";
import {
  counter,
  fallAsleep,
  installSleeper,
  onClient,
  onLan,
  proxyMac,
  sendFrames,
  tryOnClient,
  untilCounter,
} from "./lan.ts";
import { until } from "./until.ts";

let engine: Engine;
let units: Unit[];
onLan(test, async (started) => {
  engine = started;
  await installSleeper(engine);
  units = await installEveryRule(engine);
});

/** Payloads that are cut anywhere, and in which any byte is another. */
function broken(payload: Uint8Array): Uint8Array[] {
  const cut = Array.from(payload, (_, length) => payload.subarray(0, length));
  const changed = Array.from(payload, (_, place) =>
    [0x00, 0xff].map((value) => Uint8Array.from(payload, (byte, at) => (at === place ? value : byte))),
  );
  return [...cut, ...changed.flat(), Buffer.concat([payload, Buffer.alloc(1100, 0xc0)])];
}

/** Frames cut anywhere behind the Ethernet header, and with any bit pattern of the headers inverted. */
function brokenFrames(frame: Uint8Array): Uint8Array[] {
  const ends = Array.from({ length: Math.min(frame.length - 14, 60) }, (_, length) =>
    frame.subarray(0, 14 + length),
  );
  const inverted = Array.from({ length: Math.min(frame.length - 12, 60) }, (_, place) =>
    Uint8Array.from(frame, (byte, at) => (at === place + 12 ? byte ^ 0xff : byte)),
  );
  return [...ends, ...inverted];
}

const faultless = () =>
  assert.equal(
    engine.observe().filter(({ problem, counters }) => problem || counters?.faults_total),
    [],
  );

test("whatever is wrong with a question, at whatever layer, no rule fails and all go on", async () => {
  await fallAsleep(engine);
  const arp = ethernet(
    0x0806,
    Buffer.from("0001080006040001020000000001000000000000000000000a090005", "hex"),
  );
  const frames = questions.map(({ packet }) => fromClientFrame(packet()));
  for (const question of questions) {
    await sendFrames(broken(question.payload).map((payload) => fromClientFrame(question.packet(payload))));
  }
  await sendFrames([...frames, arp].flatMap(brokenFrames));
  await engine.refresh?.();
  faultless();
  for (const unit of units.filter(({ id }) => !id.includes("dhcp")))
    assert.ok(counter(engine, unit, "packets_total") > 20, unit.id);
  assert.match(onClient("ping -c 2 -i 0.1 -W 5 10.9.0.5"), /2 received/);
  assert.match(onClient("ping -c 2 -i 0.1 -W 5 fd09::5"), /2 received/);
});

test("tshark finds nothing wrong with any frame that the proxy sends for any rule", async () => {
  const seen = await capture("switch", "to-proxy", `eth.src == ${proxyMac}`, [
    ...["_ws.col.Protocol", "_ws.col.Info", "_ws.malformed", "_ws.expert.severity", "ip.checksum.status"],
    ...["udp.checksum.status", "tcp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status"],
    ...["igmp.checksum.status", "eth.type"],
  ]);
  await fallAsleep(engine);
  await sendFrames(questions.map(({ packet }) => fromClientFrame(packet())));
  assert.match(onClient("ping -c 2 -i 0.1 -W 5 -s 1472 10.9.0.5"), /2 received/);
  assert.match(onClient("ping -c 2 -i 0.1 -W 5 -s 1452 fd09::5"), /2 received/);
  assert.match(onClient("arping -c 2 -W 0.1 -i eth0 10.9.0.5"), /2 packets received/);
  assert.match(tryOnClient("hping3 --icmp -c 10 -i u10000 -d 100 10.9.0.5"), /10 packets received/);
  assert.match(tryOnClient("hping3 --udp -p 7 -c 10 -i u10000 -d 99 10.9.0.5"), /10 packets received/);
  // Its SYN to the port that wakes is answered by nobody, and the host is called.
  tryOnClient("hping3 --syn -p 80 -c 1 10.9.0.5");
  const columns = () => seen.lines.map((line) => line.split("\t"));
  const protocols = () => new Set(columns().map(([protocol]) => protocol));
  const expected = ["ARP", "DHCP", "ECHO", "ICMP", "ICMPv6", "IGMPv2", "IGMPv3", "MDNS", "TCP", "UDP", "WOL"];
  await until("a frame of each protocol", () => expected.every((one) => protocols().has(one)));
  for (const unit of units.filter(({ id }) => !/udp-buffer|wake-on/.test(id)))
    await untilCounter(engine, unit, "answered_total", (value) => value > 0);
  for (const [protocol, info, malformed, severity, ...statuses] of columns()) {
    const what = `${protocol} ${info}`;
    assert.is(malformed, "", what);
    assert.not.match(severity ?? "", /8388608/, what);
    // 1 is good, 2 not there; 0 would be bad.
    for (const status of statuses.slice(0, -1)) assert.match(status, /^([12](,[12])*)?$/, what);
  }
  faultless();
});

test.run();

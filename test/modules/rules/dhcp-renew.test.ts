import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { addressBytes, udp } from "../packets.ts";
import { onlyAnswer, type RunningRule, runRule } from "../run-rule.ts";

const config = {
  address: "10.0.0.5",
  server: "10.0.0.1",
  mac: "02:00:00:00:00:05",
  lease: 1000,
  clientId: "01020000000005",
  hostname: "nas",
};
const mac = Buffer.from("020000000005", "hex");

/** The rule, and a clock (in seconds) that its tests turn. */
function start(more: object = {}): { rule: RunningRule; clock: { s: number } } {
  const clock = { s: 0 };
  return {
    rule: runRule("dhcp-renew", { config: { ...config, ...more }, nowMs: () => clock.s * 1000 }),
    clock,
  };
}

interface Answer {
  type: number;
  options?: string;
  yiaddr?: string;
  op?: number;
  chaddr?: Buffer;
}

/** A server's answer to a request: its transaction's, with options in hexadecimal. */
function answerTo(
  request: Buffer,
  { type, options = "3304000007d0", yiaddr = "10.0.0.5", op = 2, chaddr = mac }: Answer,
): Buffer {
  const message = Buffer.alloc(240);
  message.writeUInt8(op, 0);
  message.set(request.subarray(32, 36), 4);
  message.set(addressBytes(yiaddr), 16);
  message.set(chaddr, 28);
  message.writeUInt32BE(0x63825363, 236);
  const tail = Buffer.from(`3501${type.toString(16).padStart(2, "0")}${options}ff`, "hex");
  return udp({ source: "10.0.0.1", destination: "10.0.0.5" }, [67, 68], Buffer.concat([message, tail]));
}

/** The same datagram between other ports. */
function fromPorts(packet: Buffer, [source, destination]: readonly [number, number]): Buffer {
  const changed = Buffer.from(packet);
  changed.writeUInt16BE(source, 20);
  changed.writeUInt16BE(destination, 22);
  return changed;
}

test("the next renewal goes to the server that the last one was given by", () => {
  const { rule, clock } = start();
  clock.s = 500;
  const request = onlyAnswer(rule.timer());
  assert.equal(rule.packet(answerTo(request, { type: 5, options: "3304000003e836040a000009" })), []);
  clock.s = 1_000;
  assert.equal(dissect([onlyAnswer(rule.timer())], ["ip.dst"]), [["10.0.0.9"]]);
});

test("half of the lease passes in silence, then a renewal goes to the server", () => {
  const { rule, clock } = start();
  clock.s = 499;
  assert.equal(rule.timer(), []);
  clock.s = 500;
  const request = onlyAnswer(rule.timer());
  const fields = [
    "ip.src",
    "ip.dst",
    "udp.srcport",
    "udp.dstport",
    "udp.checksum.status",
    "dhcp.option.dhcp",
    "dhcp.ip.client",
    "dhcp.hw.mac_addr",
    "dhcp.option.hostname",
    "dhcp.ip.your",
  ];
  const [row] = dissect([request], fields);
  assert.equal(row?.slice(0, 7), ["10.0.0.5", "10.0.0.1", "68", "67", "1", "3", "10.0.0.5"]);
  assert.match(row?.[7] ?? "", /^02:00:00:00:00:05/);
  assert.is(row?.[8], "nas");
  assert.is(row?.[9], "0.0.0.0");
});

test("an acknowledgment begins a new lease with the server's times", () => {
  const { rule, clock } = start();
  clock.s = 500;
  assert.equal(
    rule.packet(
      answerTo(onlyAnswer(rule.timer()), { type: 5, options: "3304000007d03a04000000643b04000000c8" }),
    ),
    [],
  );
  clock.s = 599;
  assert.equal(rule.timer(), []);
  clock.s = 600;
  assert.is(rule.timer().length, 1);
  clock.s = 700;
  assert.equal(rule.timer(), ["wake"]);
});

test("an unanswered renewal is sent again, then the host is woken in time, once", () => {
  const { rule, clock } = start();
  const sent: number[] = [];
  for (clock.s = 0; clock.s < 1200; clock.s += 5) {
    for (const reaction of rule.timer()) sent.push(reaction === "wake" ? -clock.s : clock.s);
  }
  assert.equal(sent, [500, 690, 785, 845, -875]);
});

test("a refusal, or another address, wakes the host", () => {
  for (const answer of [{ type: 6 }, { type: 5, yiaddr: "10.0.0.6" }]) {
    const { rule, clock } = start();
    clock.s = 500;
    assert.equal(rule.packet(answerTo(onlyAnswer(rule.timer()), answer)), ["wake"]);
    clock.s = 900;
    assert.equal(rule.timer(), []);
  }
});

test("what is not the answer to this request changes nothing", () => {
  const { rule, clock } = start();
  clock.s = 500;
  const request = onlyAnswer(rule.timer());
  const foreign = Buffer.from(request);
  foreign.writeUInt32BE(1, 32);
  const ignored = [
    answerTo(request, { type: 2 }),
    answerTo(request, { type: 6, op: 1 }),
    answerTo(request, { type: 6, chaddr: Buffer.from("020000000006", "hex") }),
    answerTo(foreign, { type: 6 }),
    answerTo(request, { type: 5, options: "" }),
    answerTo(request, { type: 6, options: "33ff00" }),
    fromPorts(answerTo(request, { type: 6 }), [6767, 68]),
    fromPorts(answerTo(request, { type: 6 }), [67, 6868]),
  ];
  for (const packet of ignored) assert.equal(rule.packet(packet), []);
  clock.s = 875;
  assert.equal(rule.timer(), ["wake"]);
});

test("no damage to an answer makes the rule trap", () => {
  const { rule, clock } = start();
  clock.s = 500;
  const request = onlyAnswer(rule.timer());
  const sound = answerTo(request, { type: 5, options: "3304000007d03a04000000643b04000000c836040a000001" });
  const change = fc.tuple(fc.nat(sound.length), fc.nat(255));
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 4 }),
      fc.integer({ min: 240, max: sound.length - 28 }),
      (changes, length) => {
        const payload = Buffer.from(sound.subarray(28, 28 + length));
        for (const [at, value] of changes) if (at < payload.length) payload[at] = value;
        rule.packet(udp({ source: "10.0.0.1", destination: "10.0.0.5" }, [67, 68], payload));
      },
    ),
    { numRuns: 2000 },
  );
});

test("an acknowledgment that nobody asked for is ignored", () => {
  const { rule, clock } = start();
  clock.s = 500;
  const request = onlyAnswer(rule.timer());
  rule.packet(answerTo(request, { type: 5 }));
  assert.equal(rule.packet(answerTo(request, { type: 6 })), []);
});

test("the part of the lease that has passed counts, and a host that woke begins anew", () => {
  const { rule, clock } = start({ elapsed: 400 });
  clock.s = 100;
  assert.is(rule.timer().length, 1);
  rule.wakeup();
  clock.s = 599;
  assert.equal(rule.timer(), []);
  clock.s = 600;
  assert.is(rule.timer().length, 1);
});

test("an infinite lease is never renewed", () => {
  const { rule, clock } = start({ lease: 0xffffffff });
  clock.s = 4e9;
  assert.equal(rule.timer(), []);
});

test("the host's own request is sent as it is", () => {
  const own = Buffer.alloc(260, 0x42);
  const { rule, clock } = start({ request: own.toString("hex") });
  clock.s = 500;
  assert.equal(onlyAnswer(rule.timer()).subarray(28), own);
});

test("a configuration that makes no sense is refused with a reason", () => {
  for (const [change, reason] of [
    [{ address: "nas" }, /"address"/],
    [{ server: 1 }, /"server"/],
    [{ mac: "02-00-00-00-00-05" }, /"mac"/],
    [{ lease: 0 }, /"lease"/],
    [{ elapsed: 2000 }, /"elapsed"/],
    [{ request: "42" }, /"request"/],
    [{ clientId: "xyz0" }, /"clientId"/],
  ] as const)
    assert.throws(() => start(change), reason);
});

test.run();

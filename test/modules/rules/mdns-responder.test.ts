import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { addressBytes, udp } from "../packets.ts";
import { type Reaction, type RuleOptions, type RunningRule, runRule } from "../run-rule.ts";

const type = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, NSEC: 47, ANY: 255 } as const;
const config = {
  addresses: ["10.0.0.5", "fe80::5"],
  records: [
    { name: "nas.local", type: "A", data: "10.0.0.5" },
    { name: "nas.local", type: "AAAA", data: "fe80::5" },
    { name: "_http._tcp.local", type: "PTR", data: "My v1\\.0 NAS._http._tcp.local" },
    { name: "My v1\\.0 NAS._http._tcp.local", type: "SRV", port: 80, target: "nas.local" },
    { name: "My v1\\.0 NAS._http._tcp.local", type: "TXT", text: ["path=/", "ö"] },
  ],
};
const v4 = { source: "10.0.0.9", destination: "224.0.0.251" };
const v6 = { source: "fe80::9", destination: "ff02::fb" };

const nameOf = (...labels: string[]): Buffer =>
  Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
const nas = nameOf("nas", "local");
const http = nameOf("_http", "_tcp", "local");
const instance = nameOf("My v1.0 NAS", "_http", "_tcp", "local");

const numbers = (...values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
const question = (name: Buffer, kind: number, unicast = false): Buffer =>
  Buffer.concat([name, numbers(kind, unicast ? 0x8001 : 1)]);
const record = (name: Buffer, kind: number, ttl: number, data: Buffer): Buffer =>
  Buffer.concat([name, numbers(kind, 0x8001, 0, ttl, data.length), data]);

interface Message {
  id?: number;
  flags?: number;
  questions?: Buffer[];
  answers?: Buffer[];
  from?: { source: string; destination: string };
  sourcePort?: number;
}

function message({
  id = 0,
  flags = 0,
  questions = [],
  answers = [],
  from = v4,
  sourcePort = 5353,
}: Message): Buffer {
  const header = numbers(id, flags, questions.length, answers.length, 0, 0);
  return udp(from, [sourcePort, 5353], Buffer.concat([header, ...questions, ...answers]));
}

const start = (options: RuleOptions = {}): RunningRule => runRule("mdns-responder", { config, ...options });
const ask = (asked: Message): Reaction[] => start().packet(message(asked));

function only(reactions: Reaction[]): { packet: Buffer; delayMs: number } {
  const [first] = reactions;
  if (reactions.length !== 1 || !first || first === "wake")
    throw new Error(`expected one answer, got ${reactions.length}`);
  return first;
}

const addressing = [
  "ip.src",
  "ip.dst",
  "ip.ttl",
  "udp.srcport",
  "udp.dstport",
  "udp.checksum.status",
  "dns.flags",
  "dns.id",
];
const content = [
  "dns.count.answers",
  "dns.count.add_rr",
  "dns.resp.name",
  "dns.resp.type",
  "dns.resp.ttl",
  "dns.resp.cache_flush",
];

test("a question for an address is answered at once, to everybody", () => {
  const answer = only(ask({ questions: [question(nas, type.A)] }));
  assert.is(answer.delayMs, 0);
  assert.equal(dissect([answer.packet], [...addressing, ...content, "dns.a"]), [
    [
      "10.0.0.5",
      "224.0.0.251",
      "255",
      "5353",
      "5353",
      "1",
      "0x8400",
      "0x0000",
      "1",
      "0",
      "nas.local",
      "1",
      "120",
      "1",
      "10.0.0.5",
    ],
  ]);
});

test("over IPv6 too, whatever the case of the name", () => {
  const answer = only(ask({ questions: [question(nameOf("NAS", "Local"), type.AAAA)], from: v6 }));
  assert.equal(
    dissect([answer.packet], ["ipv6.src", "ipv6.dst", "ipv6.hlim", "udp.checksum.status", "dns.aaaa"]),
    [["fe80::5", "ff02::fb", "255", "1", "fe80::5"]],
  );
});

test("who looks for services gets the service and what leads to it, after a pause, for others may answer too", () => {
  const answer = only(ask({ questions: [question(http, type.PTR)] }));
  assert.ok(answer.delayMs >= 20 && answer.delayMs <= 120);
  const [row] = dissect(
    [answer.packet],
    [...content, "dns.ptr.domain_name", "dns.srv.port", "dns.srv.target", "dns.txt"],
  );
  assert.equal(row?.slice(0, 2), ["1", "4"]);
  assert.equal(row?.[3], "12,1,28,33,16");
  assert.equal(row?.[4], "4500,120,120,120,4500");
  assert.equal(row?.[5], "0,1,1,1,1");
  assert.equal(row?.slice(7), ["80", "nas.local", "path=/,ö"]);
});

test("a question for anything is answered with all there is of the name", () => {
  const answer = only(ask({ questions: [question(nas, type.ANY)] }));
  assert.equal(dissect([answer.packet], ["dns.resp.type"]), [["1,28"]]);
});

test("a known answer is not given again, unless it has lived for more than half of its time", () => {
  const known = (ttl: number, data = "10.0.0.5") => [record(nas, type.A, ttl, addressBytes(data))];
  const questions = [question(nas, type.A)];
  assert.equal(ask({ questions, answers: known(60) }), []);
  assert.is(ask({ questions, answers: known(59) }).length, 1);
  assert.is(ask({ questions, answers: known(120, "10.0.0.6") }).length, 1);
  // The pointer leads to the name of the question: the service's own name, written short.
  const compressed = Buffer.concat([Buffer.from([11]), Buffer.from("My v1.0 NAS"), Buffer.from([0xc0, 12])]);
  assert.equal(
    ask({
      questions: [question(http, type.PTR)],
      answers: [record(Buffer.from([0xc0, 12]), type.PTR, 4500, compressed)],
    }),
    [],
  );
});

test("everybody is told a record once a second at most, by each IP version; who asks for himself always", () => {
  let now = 1000;
  const rule = start({ nowMs: () => now });
  const asked = message({ questions: [question(nas, type.A)] });
  assert.is(rule.packet(asked).length, 1);
  now += 999;
  assert.equal(rule.packet(asked), []);
  assert.is(rule.packet(message({ questions: [question(nas, type.A)], sourcePort: 40_000 })).length, 1);
  assert.is(rule.packet(message({ questions: [question(nas, type.AAAA)] })).length, 1, "another record");
  assert.is(rule.packet(message({ questions: [question(nas, type.A)], from: v6 })).length, 1, "IPv6");
  now += 1;
  assert.is(rule.packet(asked).length, 1);
  const probe = message({ questions: [question(nas, type.A)] });
  probe.writeUInt16BE(1, 28 + 8);
  now += 249;
  assert.equal(rule.packet(probe), []);
  now += 1;
  assert.is(rule.packet(probe).length, 1, "a probe is answered sooner");
});

test("when more known answers are announced, they are awaited", () => {
  let now = 1000;
  const rule = start({ nowMs: () => now });
  const first = message({
    flags: 0x0200,
    questions: [question(nas, type.ANY)],
    answers: [record(nas, type.A, 120, addressBytes("10.0.0.5"))],
  });
  const rest = message({ answers: [record(nas, type.AAAA, 120, addressBytes("fe80::5"))] });
  assert.equal(rule.packet(first), []);
  assert.equal(rule.packet(rest), [], "all is known");
  assert.equal(rule.packet(first), []);
  const last = only(rule.packet(message({})));
  assert.equal(dissect([last.packet], ["dns.resp.type"]), [["28"]]);
  now += 2_000;
  assert.equal(rule.packet(first), []);
  const another = { source: "10.0.0.10", destination: v4.destination };
  assert.equal(rule.packet(message({ from: another })), [], "another's message is none of this one's");
  assert.equal(rule.packet(first), []);
  now += 501;
  assert.equal(rule.packet(message({})), [], "too late to belong to it");
});

test("a name that has no record of the type is said to have none", () => {
  const answer = only(ask({ questions: [question(nas, type.TXT)] }));
  const [row] = dissect(
    [answer.packet],
    ["dns.count.answers", "dns.resp.name", "dns.resp.type", "dns.nsec.next_domain_name"],
  );
  // tshark lists the types of the bit map behind the record's own.
  assert.equal(row, ["1", "nas.local", "47,1,28", "nas.local"]);
  assert.equal(ask({ questions: [question(http, type.TXT)] }), [], "of a shared name nobody can say so");
  const both = only(ask({ questions: [question(nas, type.A), question(nas, type.TXT)] }));
  assert.equal(dissect([both.packet], ["dns.count.answers", "dns.count.add_rr", "dns.resp.type"]), [
    ["1", "1", "1,47,1,28"],
  ]);
});

test("who asks for unicast, or asks by unicast, is answered by unicast", () => {
  const flagged = only(ask({ questions: [question(nas, type.A, true)] }));
  const direct = only(
    ask({ questions: [question(nas, type.A)], from: { source: "10.0.0.9", destination: "10.0.0.5" } }),
  );
  const mixed = only(ask({ questions: [question(nas, type.A, true), question(nas, type.AAAA)] }));
  const targets = dissect([flagged.packet, direct.packet, mixed.packet], ["ip.src", "ip.dst", "udp.dstport"]);
  assert.equal(targets, [
    ["10.0.0.5", "10.0.0.9", "5353"],
    ["10.0.0.5", "10.0.0.9", "5353"],
    ["10.0.0.5", "224.0.0.251", "5353"],
  ]);
});

test("a plain DNS client is answered in its own way: its port, its question, short lives", () => {
  const answer = only(ask({ id: 0xbeef, questions: [question(nas, type.A)], sourcePort: 54_321 }));
  assert.equal(
    dissect(
      [answer.packet],
      ["ip.dst", "udp.dstport", "dns.id", "dns.qry.name", "dns.resp.ttl", "dns.resp.cache_flush", "dns.a"],
    ),
    [["10.0.0.9", "54321", "0xbeef", "nas.local", "10", "0", "10.0.0.5"]],
  );
});

test("another host that claims a name of its own wakes the host; agreement, farewell and shared names do not", () => {
  const claim = (...answers: Buffer[]): Reaction[] => ask({ flags: 0x8400, answers });
  assert.equal(claim(record(nas, type.A, 120, addressBytes("10.0.0.66"))), ["wake"]);
  assert.equal(
    claim(record(http, type.PTR, 120, instance), record(instance, type.TXT, 120, Buffer.from([1, 0x78]))),
    ["wake"],
  );
  assert.equal(claim(record(nas, type.A, 120, addressBytes("10.0.0.5"))), []);
  assert.equal(claim(record(nas, type.A, 0, addressBytes("10.0.0.66"))), []);
  assert.equal(claim(record(http, type.PTR, 120, nameOf("other", "local"))), []);
  assert.equal(claim(record(nameOf("printer", "local"), type.A, 120, addressBytes("10.0.0.66"))), []);
  const notMdns = message({
    flags: 0x8400,
    answers: [record(nas, type.A, 120, addressBytes("10.0.0.66"))],
    sourcePort: 53_000,
  });
  assert.equal(start().packet(notMdns), []);
});

test("other names, other classes, damaged messages and loops of pointers get no answer", () => {
  const silent: Message[] = [
    { questions: [question(nameOf("printer", "local"), type.A)] },
    { questions: [Buffer.concat([nas, numbers(type.A, 3)])] },
    { questions: [question(nas, type.A)], flags: 0x2800 },
    { questions: [Buffer.from([0xc0, 12, 0, 1, 0, 1])] },
    { questions: [Buffer.from([0xc0, 14, 0xc0, 12, 0, 1, 0, 1])] },
    { questions: [Buffer.from([64])] },
    { questions: [nas] },
    { questions: [question(nas, type.A)], answers: [nas] },
  ];
  const toAll = { questions: [question(nas, type.A)] };
  for (const source of ["224.0.0.251", "0.0.0.0"]) silent.push({ ...toAll, from: { ...v4, source } });
  for (const source of ["ff02::fb", "::"]) silent.push({ ...toAll, from: { ...v6, source } });
  for (const one of silent) assert.equal(ask(one), [], JSON.stringify(one));
});

test("an answer never outgrows a frame; what was left out comes when the rest is known", () => {
  const many = Array.from({ length: 60 }, (_, index) => ({
    name: "many.local",
    type: "TXT",
    text: [`${index}`.repeat(20)],
    shared: true,
  }));
  const rule = start({ config: { ...config, records: many } });
  const questions = [question(nameOf("many", "local"), type.TXT)];
  const first = only(rule.packet(message({ questions })));
  assert.ok(first.packet.length <= 1500);
  const told = Number(dissect([first.packet], ["dns.count.answers"])[0]?.[0]);
  assert.ok(told > 20 && told < 60);
});

test("a configuration that makes no sense is refused with a reason", () => {
  const bad = [
    { name: "nas.local", type: "A", data: "fe80::5" },
    { name: "", type: "A", data: "10.0.0.5" },
    { name: "nas..local", type: "A", data: "10.0.0.5" },
    { name: `${"x".repeat(64)}.local`, type: "A", data: "10.0.0.5" },
    { name: "nas.local", type: "MX", data: "10.0.0.5" },
    { name: "nas.local", type: "SRV", target: "nas.local" },
    { name: "nas.local", type: "TXT", text: "path=/" },
    { name: "nas.local", type: 13, hex: "0" },
    { name: "nas.local", type: "A", data: "10.0.0.5", ttl: 0 },
  ];
  for (const one of bad)
    assert.throws(
      () => start({ config: { ...config, records: [one] } }),
      /a record should have/,
      JSON.stringify(one),
    );
  assert.throws(() => start({ config: { records: [] } }), /"addresses"/);
});

test.run();

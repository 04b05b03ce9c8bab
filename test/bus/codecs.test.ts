import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Codec,
  type CommandBatch,
  type CommandReply,
  codecs,
  type HostReport,
  limits,
  subjects,
} from "../../bus/mod.ts";
import { type ObservedUnit, ProblemError, problem, type Unit } from "../../schemas/mod.ts";

const host = "default/gw-1";
const digest = "ab".repeat(32);
const unit: Unit = {
  id: "Rule/default/answer-ping/nas",
  engine: "sleep",
  digest,
  spec: { type: "rule", config: { allow: ["10.0.0.0/8"], deep: { er: null } } },
  artifacts: [
    { name: "program", digest, bytes: 600 },
    { name: "instance", digest, bytes: 36, private: true },
  ],
};
const batch: CommandBatch = {
  host,
  term: 7,
  commands: [
    { id: "c1", verb: "install", unit, priority: -3, enclosed: { [digest]: "a2V5" } },
    { id: "c2", verb: "activate", unit: unit.id, digest },
    { id: "c3", verb: "prioritize", unit: unit.id, digest, priority: 9 },
    { id: "c4", verb: "revoke", unit: unit.id },
    { id: "c5", verb: "challenge", unit: unit.id, digest, nonce: "00ff" },
    { id: "c6", verb: "report" },
  ],
};
const reply: CommandReply = {
  host,
  term: 7,
  boot: "b-1",
  sequence: 4,
  results: [
    { id: "c1", outcome: { kind: "ack" } },
    { id: "c5", outcome: { kind: "ack", answer: "beef" } },
    {
      id: "c2",
      outcome: {
        kind: "nack",
        problem: problem(
          "unit.unknown",
          { verb: "activate", unit: unit.id },
          { field: "spec", object: "Rule/a/b" },
        ),
      },
    },
  ],
};
const observed: ObservedUnit = {
  id: unit.id,
  engine: "sleep",
  digest,
  priority: 100,
  state: "active",
  idle: false,
  counters: { packets_seen: 12, "load.avg": 0.5 },
  met: { group: ["dig", "isc-net-0000"], remotePort: ["53"] },
  wakes: [{ atMs: 1_763_000_000_000, rule: unit.id, protocol: "TCP", peer: "fd00::9" }, { atMs: 1 }],
};
const report: HostReport = {
  host,
  boot: "4f1d",
  sequence: 12,
  term: 7,
  capabilities: {
    kernel: "6.18.1",
    netloom: "0.1.0",
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:05", addresses: ["10.0.0.5/24", "fd00::5/64"], up: true },
    ],
    engines: [{ engine: "filter", available: false, reason: "no iptables" }],
  },
  units: [observed],
};

const samples = [
  { name: "commandBatch", codec: codecs.commandBatch, value: batch, subject: subjects.command(host) },
  { name: "commandReply", codec: codecs.commandReply, value: reply, subject: subjects.command(host) },
  { name: "hostReport", codec: codecs.hostReport, value: report, subject: subjects.report(host) },
  { name: "reportReply", codec: codecs.reportReply, value: { kind: "ack" }, subject: subjects.report(host) },
  {
    name: "heartbeat",
    codec: codecs.heartbeat,
    value: { host, boot: "4f1d", sequence: 3 },
    subject: subjects.heartbeat(host),
  },
  {
    name: "powerMessage",
    codec: codecs.powerMessage,
    value: { host, state: "asleep" },
    subject: subjects.power("default/proxy", host),
  },
  {
    name: "powerReply",
    codec: codecs.powerReply,
    value: { kind: "nack", problem: problem("host.away", { host }) },
    subject: subjects.power("default/proxy", host),
  },
] as { name: string; codec: Codec<unknown>; value: unknown; subject: string }[];

function reasonFor(codec: Codec<unknown>, payload: Uint8Array, subject: string): string {
  try {
    codec.decode(payload, subject);
  } catch (error) {
    assert.instance(error, ProblemError, String((error as Error).stack));
    assert.is((error as ProblemError).problem.code, "bus.malformed");
    return (error as ProblemError).message;
  }
  return assert.unreachable("was taken") as never;
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const changed = (change: (copy: typeof report) => void): Uint8Array => {
  const copy = structuredClone(report);
  change(copy);
  return json(copy);
};

const wakeRefusals: [wakes: unknown, reason: RegExp][] = [
  [new Array(17).fill({ atMs: 1 }), /has more than 16 items/],
  [[{ atMs: 8.65e15 }], /is not from 0/],
  [[{ atMs: 1, peer: "\u001b[2J" }], /peer does not match/],
  [[{ atMs: 1, protocol: "IPX" }], /protocol is none of/],
];
for (const [wakes, reason] of wakeRefusals) {
  test(`wakes are refused: ${reason.source}`, () => {
    const payload = changed((copy) => Object.assign(copy.units[0] as ObservedUnit, { wakes }));
    assert.match(reasonFor(codecs.hostReport, payload, subjects.report(host)), reason);
  });
}

for (const [met, reason] of [
  [{ localPort: new Array(17).fill("1") }, /has more than 16 items/],
  [{ "local port": ["1"] }, /name|match/],
  [{ group: ["x".repeat(65)] }, /longer than 64|more than 64/],
  [{ group: "dig" }, /is no list/],
] as const) {
  test(`what a tap met is refused: ${reason.source}`, () => {
    const payload = changed((copy) => Object.assign(copy.units[0] as ObservedUnit, { met }));
    assert.match(reasonFor(codecs.hostReport, payload, subjects.report(host)), reason);
  });
}

test("a process that calls itself by a terminal's commands is told without them", () => {
  const payload = changed((copy) =>
    Object.assign(copy.units[0] as ObservedUnit, { met: { group: ["\u001b[2J"] } }),
  );
  const { units } = codecs.hostReport.decode(payload, subjects.report(host));
  assert.equal(units[0]?.met, { group: ["\u{fffd}[2J"] });
});

for (const { name, codec, value, subject } of samples) {
  test(`${name} comes back as it went`, () => {
    assert.equal(codec.decode(codec.encode(value), subject), value);
  });

  test(`${name} cut short anywhere is malformed, and never anything worse`, () => {
    const whole = codec.encode(value);
    for (let end = 0; end < whole.byteLength; end++) {
      reasonFor(codec, whole.subarray(0, end), subject);
    }
  });

  test(`${name} is malformed when any member is of another type`, () => {
    for (const member of Object.keys(value as object)) {
      for (const wrong of [undefined, null, [1], {}, -1.5, "\u{0}", true]) {
        if (member === "data") continue;
        const payload = json({ ...(value as object), [member]: wrong });
        reasonFor(codec, payload, subject);
      }
    }
  });

  test(`${name} takes arbitrary JSON for malformed`, () => {
    fc.assert(
      fc.property(fc.jsonValue(), (wrong) => {
        reasonFor(codec, json(wrong), subject);
      }),
      { numRuns: 200 },
    );
  });
}

test("a large message travels packed, and comes back", () => {
  const many = {
    ...report,
    units: Array.from({ length: 5_000 }, (_, i) => ({ ...observed, id: `Rule/a/b${i}` })),
  };
  const payload = codecs.hostReport.encode(many);
  assert.ok(payload.byteLength < JSON.stringify(many).length / 5);
  assert.equal(codecs.hostReport.decode(payload, subjects.report(host)), many);
});

test("a bomb of zeros is refused without unpacking it", () => {
  const bomb = gzipSync(Buffer.alloc(limits.reportBytesMax * 4, " "));
  assert.match(reasonFor(codecs.hostReport, bomb, subjects.report(host)), "unpacks to more");
});

test("what only looks packed is malformed", () => {
  const torn = gzipSync(json(report)).subarray(0, 40);
  assert.match(reasonFor(codecs.hostReport, torn, subjects.report(host)), "cannot be unpacked");
  const noise = Buffer.concat([Buffer.from([0x1f, 0x8b]), randomBytes(100)]);
  assert.match(reasonFor(codecs.hostReport, noise, subjects.report(host)), "cannot be unpacked");
});

test("the reason names the member at fault and quotes nothing of it", () => {
  const subject = subjects.report(host);
  const bad = changed((copy) => Object.assign(copy.units[0]!, { digest: "SECRET" }));
  const message = reasonFor(codecs.hostReport, bad, subject);
  assert.match(message, "units[0].digest does not match");
  assert.not.match(message, "SECRET");
  assert.match(reasonFor(codecs.hostReport, Buffer.from('{"SECRET'), subject), "it is no JSON");
});

test("a host that speaks as another is malformed", () => {
  const message = reasonFor(codecs.hostReport, json(report), subjects.report("default/gw-2"));
  assert.match(message, "default/gw-2 speaks as default/gw-1");
  reasonFor(codecs.heartbeat, json({ host, boot: "b", sequence: 1 }), "netloom.heartbeat.default.*");
});

test("lists, strings and trees past their limits are malformed", () => {
  const subject = subjects.report(host);
  const oversized = [
    changed((copy) => (copy.units = Array(limits.unitsPerHostMax + 1).fill(observed))),
    changed((copy) => (copy.boot = "b".repeat(65))),
    changed((copy) => (copy.capabilities.kernel = "k".repeat(10_000))),
    changed(
      (copy) =>
        (copy.units[0]!.counters = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`c${i}`, i]))),
    ),
    changed((copy) => (copy.units[0]!.priority = 2 ** 40)),
    changed((copy) => (copy.sequence = -1)),
  ];
  for (const payload of oversized) reasonFor(codecs.hostReport, payload, subject);
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const install = JSON.stringify(batch).replace('"10.0.0.0/8"', deep);
  assert.match(reasonFor(codecs.commandBatch, Buffer.from(install), "s"), "nested deeper");
});

test("members nobody knows are left out, and the prototype is left alone", () => {
  const text = JSON.stringify({ ...batch, extra: 1 }).replace('"term"', '"__proto__":{"polluted":1},"term"');
  const read = codecs.commandBatch.decode(Buffer.from(text), "s");
  assert.equal(read, batch);
  assert.is((read as unknown as { polluted?: number }).polluted, undefined);
  const inSpec = JSON.stringify(batch).replace('"config":{', '"config":{"__proto__":{"x":1},');
  assert.match(reasonFor(codecs.commandBatch, Buffer.from(inSpec), "s"), "bad name");
});

test("a problem this version does not know keeps its words, without control characters", () => {
  const foreign = { code: "quantum.decoherence", message: "It \u{1b}[2Jcollapsed", data: {} };
  const read = codecs.powerReply.decode(json({ kind: "nack", problem: foreign }), "s");
  assert.is(read.kind, "nack");
  if (read.kind !== "nack") return;
  assert.is(read.problem.code, "bus.foreign-problem");
  assert.match(read.problem.message, "It \u{fffd}[2Jcollapsed (quantum.decoherence)");
});

test.run();

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readRulesFile } from "../../../daemon/responder/rules-file.ts";
import { ProblemError, type SleeperSpec } from "../../../schemas/mod.ts";
import { sleeperUnit } from "../sleep/lan.ts";

const sleeper = sleeperUnit({
  interfaces: [{ mac: "02:00:00:00:00:05", addresses: ["192.168.1.1/24", "fd09::5/64"] }],
}).spec as SleeperSpec;
const read = (value: unknown) => readRulesFile(Buffer.from(JSON.stringify(value)), sleeper);

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.message;
    throw error;
  }
  return "none";
}

test("the document's example is read as it says", () => {
  const common = { type: "rule", host: "default/nas", config: {}, onFault: "drop" };
  const limits = { memoryBytes: 1_048_576, timeMs: 5 };
  const addresses = ["192.168.1.1/32"];
  assert.equal(
    read([
      { UDP: { port: 5100, raw: true, interval: 20, addresses: ["192.168.1.1/32"] } },
      { IPv4: { addresses: ["192.168.1.1/32"] } },
    ]),
    [
      { ...common, limits, layer: "UDP", addresses, port: 5100, raw: true, intervalMs: 20_000 },
      { ...common, limits, layer: "IPv4", addresses, raw: false },
    ],
  );
});

test("every layer is known; own addresses, in any spelling, and groups may be listened to", () => {
  const addresses = ["192.168.1.1", "FD09:0::5/128", "224.0.0.251/32", "ff02::fb", "255.255.255.255"];
  for (const layer of ["IP", "IPv4", "IPv6", "ICMP", "IGMP", "UDP", "TCP"]) {
    assert.equal(read([{ [layer]: { addresses } }])[0]?.addresses.slice(0, 2), [
      "192.168.1.1/32",
      "FD09:0::5/128",
    ]);
  }
});

test("a rule may speak on the TCP connections of a port", () => {
  const [rule] = read([{ TCP: { addresses: ["192.168.1.1"], port: 80, stream: true } }]);
  assert.is(rule?.stream, true);
  assert.is(rule?.port, 80);
});

const own = ["192.168.1.1/32"];
const wrong: [unknown, RegExp][] = [
  [{}, /should be a list of rules/],
  [null, /should be a list of rules/],
  [[7], /rule 0 should be an object/],
  [[{}], /rule 0 should have its layer as the only key/],
  [[{ UDP: { addresses: own }, TCP: { addresses: own } }], /only key/],
  [[{ SCTP: { addresses: own } }], /layer "SCTP"; it should be one of IP, IPv4/],
  [[{ udp: { addresses: own } }], /layer "udp"/],
  [[{ UDP: [] }], /an object behind its layer/],
  [[{ UDP: {} }], /a list of 1 to 64 prefixes/],
  [[{ UDP: { addresses: [] } }], /a list of 1 to 64 prefixes/],
  [[{ UDP: { addresses: "192.168.1.1/32" } }], /a list of 1 to 64 prefixes/],
  [[{ UDP: { addresses: Array(65).fill("192.168.1.1") } }], /a list of 1 to 64 prefixes/],
  [[{ UDP: { addresses: ["192.168.1.1/33"] } }], /is no prefix/],
  [[{ UDP: { addresses: [7] } }], /is no prefix/],
  [[{ UDP: { addresses: ["192.168.1.0/24"] } }], /192\.168\.1\.0\/24 is no address of default\/nas/],
  [[{ UDP: { addresses: ["192.168.1.1/24"] } }], /192\.168\.1\.1\/24 is no address of default\/nas/],
  [[{ UDP: { addresses: ["0.0.0.0/0"] } }], /is no address of/],
  [[{ UDP: { addresses: ["::/0"] } }], /is no address of/],
  [[{ UDP: { addresses: ["192.168.1.2"] } }], /is no address of/],
  [[{ UDP: { addresses: own, port: 0 } }], /1 to 65535/],
  [[{ UDP: { addresses: own, port: "53" } }], /1 to 65535/],
  [[{ ICMP: { addresses: own, port: 5 } }], /only UDP and TCP have ports/],
  [[{ UDP: { addresses: own, raw: 1 } }], /true or false/],
  [[{ TCP: { addresses: own, port: 80, stream: 1 } }], /true or false as "stream"/],
  [[{ TCP: { addresses: own, stream: true } }], /has "stream"; that goes with TCP, with a "port"/],
  [[{ UDP: { addresses: own, port: 80, stream: true } }], /has "stream"; that goes with TCP/],
  [[{ TCP: { addresses: own, port: 80, raw: true, stream: true } }], /without "raw"/],
  [[{ TCP: { addresses: ["224.0.0.1"], port: 80, stream: true } }], /for the host's own addresses/],
  [[{ UDP: { addresses: own, interval: 0 } }], /1 to 4294967295 seconds/],
  [[{ UDP: { addresses: own, interval: 2 ** 32 } }], /1 to 4294967295 seconds/],
  [[{ UDP: { addresses: own, interval: 1.5 } }], /1 to 4294967295 seconds/],
  [Array(1_025).fill({ UDP: { addresses: own } }), /the file has more than 1024 rules/],
  [[{ UDP: { addresses: own, limits: {} } }], /has "limits"; known are/],
  [[{ UDP: { addresses: own, ["x".repeat(1_000)]: 1 } }], /^.{1,200}$/],
];
for (const [value, expected] of wrong) {
  test(`refused: ${JSON.stringify(value).slice(0, 80)}`, () => {
    assert.match(
      messageOf(() => read(value)),
      expected,
    );
  });
}

test("what is no JSON, no UTF-8, or nested without end is refused", () => {
  assert.match(
    messageOf(() => readRulesFile(Buffer.from("["), sleeper)),
    /no JSON text/,
  );
  assert.match(
    messageOf(() => readRulesFile(Buffer.from([0x22, 0xff, 0x22]), sleeper)),
    /no JSON text/,
  );
  const deep = `[{"UDP": {"addresses": ["192.168.1.1"], "config": ${"[".repeat(100_000)}${"]".repeat(100_000)}}}]`;
  assert.match(
    messageOf(() => readRulesFile(Buffer.from(deep), sleeper)),
    /deeper than 32/,
  );
  const nested = `${"[".repeat(130_000)}${"]".repeat(130_000)}`;
  assert.match(
    messageOf(() => readRulesFile(Buffer.from(nested), sleeper)),
    /rule 0 should be an object/,
  );
});

test("whatever JSON comes, rules or a problem are the answer", () => {
  fc.assert(
    fc.property(fc.json(), (text) => void messageOf(() => readRulesFile(Buffer.from(text), sleeper))),
  );
});

test.run();

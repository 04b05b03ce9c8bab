import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { holds, type WordPrefix, wordPrefix } from "../../../daemon/sleep/address.ts";
import { Headers } from "../../../daemon/sleep/headers.ts";
import { type IndexedRule, RuleIndex } from "../../../daemon/sleep/rule-index.ts";
import { type SleepLayer, sleepLayers } from "../../../schemas/mod.ts";
import { ethernet, ipv4, ipv6, tcp, udp } from "./frames.ts";

const headers = new Headers();
const host6 = [0xfd, ...new Array<number>(14).fill(0), 5];
let ids = 0;

function rule(layer: SleepLayer, prefixes: string[], options: Partial<IndexedRule> = {}): IndexedRule {
  ids += 1;
  const id = options.id ?? `Rule/default/r${ids}`;
  return {
    id,
    priority: 100,
    layer,
    prefixes: prefixes.map((text) => wordPrefix(text)!),
    port: undefined,
    mark: 0,
    ...options,
  };
}

function indexOf(...rules: IndexedRule[]): RuleIndex<IndexedRule> {
  const index = new RuleIndex<IndexedRule>();
  for (const one of rules) index.add(one);
  return index;
}

function find(index: RuleIndex<IndexedRule>, frame: Uint8Array): string[] {
  assert.is(headers.read(frame, 0, frame.length), undefined);
  return index.found.slice(0, index.find(headers)).map(({ id }) => id);
}

const udpFrame = ethernet(0x0800, ipv4(udp(53)));
const icmpFrame = ethernet(0x0800, ipv4(new Uint8Array(8), { protocol: 1 }));
const igmpFrame = ethernet(0x0800, ipv4(new Uint8Array(8), { protocol: 2, destination: [224, 0, 0, 1] }));
const tcpFrame = ethernet(0x0800, ipv4(tcp(80), { protocol: 6 }));
const udp6Frame = ethernet(0x86dd, ipv6(17, udp(53), host6));
const icmp6Frame = ethernet(0x86dd, ipv6(58, new Uint8Array(8), host6));
const fragmentFrame = ethernet(0x0800, ipv4(udp(53), { fragment: 0x2000 }));

const table: [layer: SleepLayer, addresses: string[], port: number | undefined, seen: Uint8Array[]][] = [
  [
    "IP",
    ["10.0.0.5", "fd00::5"],
    undefined,
    [udpFrame, icmpFrame, tcpFrame, udp6Frame, icmp6Frame, fragmentFrame],
  ],
  ["IPv4", ["10.0.0.5", "fd00::5"], undefined, [udpFrame, icmpFrame, tcpFrame, fragmentFrame]],
  ["IPv6", ["10.0.0.5", "fd00::5"], undefined, [udp6Frame, icmp6Frame]],
  ["ICMP", ["10.0.0.0/24", "fd00::/64"], undefined, [icmpFrame, icmp6Frame]],
  ["IGMP", ["224.0.0.0/4"], undefined, [igmpFrame]],
  ["UDP", ["10.0.0.5/32", "fd00::5"], undefined, [udpFrame, udp6Frame]],
  ["UDP", ["10.0.0.5/32", "fd00::5"], 53, [udpFrame, udp6Frame]],
  ["UDP", ["0.0.0.0/0"], 54, []],
  ["UDP", ["0.0.0.0/0"], undefined, [udpFrame]],
  ["UDP", ["::/0"], undefined, [udp6Frame]],
  ["TCP", ["10.0.0.4/30"], 80, [tcpFrame]],
  ["TCP", ["10.0.0.6/32"], 80, []],
];
const all = [udpFrame, icmpFrame, igmpFrame, tcpFrame, udp6Frame, icmp6Frame, fragmentFrame];

for (const [layer, addresses, port, seen] of table) {
  test(`a rule of layer ${layer} on ${addresses}${port ? ` port ${port}` : ""} sees its packets and no others`, () => {
    const index = indexOf(rule(layer, addresses, { port }));
    assert.equal(
      all.filter((frame) => find(index, frame).length === 1),
      seen,
    );
  });
}

test("several rules come in the order of priority, ties by id, each once", () => {
  const index = indexOf(
    rule("IP", ["10.0.0.0/8"], { id: "d", priority: 5 }),
    rule("UDP", ["10.0.0.5"], { id: "b", priority: 7, port: 53 }),
    rule("UDP", ["10.0.0.5", "10.0.0.0/24", "0.0.0.0/0"], { id: "a", priority: 7 }),
    rule("IPv4", ["10.0.0.5"], { id: "c", priority: 1 }),
  );
  assert.equal(find(index, udpFrame), ["c", "d", "a", "b"]);
});

test("a rule that was removed is not found, and the others still are", () => {
  const [one, two] = [rule("UDP", ["10.0.0.5"], { port: 53 }), rule("UDP", ["10.0.0.5"], { port: 53 })];
  const index = indexOf(one, two);
  index.remove(one);
  assert.equal(find(index, udpFrame), [two.id]);
  index.remove(two);
  index.remove(two);
  assert.equal(find(index, udpFrame), []);
});

test("it finds what going through all rules would find", () => {
  const address = fc
    .tuple(fc.constantFrom("10.0.0.", "10.0.1."), fc.nat(7))
    .map(([net, host]) => `${net}${host}`);
  const prefix = fc
    .tuple(address, fc.constantFrom(0, 8, 24, 30, 31, 32))
    .map(([text, bits]) => `${text}/${bits}`);
  const anyRule = fc.record({
    layer: fc.constantFrom(...sleepLayers),
    prefixes: fc.array(prefix, { minLength: 1, maxLength: 3 }),
    priority: fc.nat(3),
    port: fc.option(fc.constantFrom(53, 80), { nil: undefined }),
  });
  const packet = fc.record({
    host: address,
    protocol: fc.constantFrom(1, 2, 6, 17),
    port: fc.constantFrom(53, 80),
  });
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 20 }),
      fc.array(packet, { maxLength: 5 }),
      (specs, packets) => {
        const rules = specs.map(({ layer, prefixes, priority, port }) =>
          rule(layer, prefixes, { priority, port: layer === "UDP" || layer === "TCP" ? port : undefined }),
        );
        const index = indexOf(...rules, rule("IP", ["0.0.0.0/0"], { id: "gone", priority: 2 }));
        index.remove(rule("IP", ["0.0.0.0/0"], { id: "other" }));
        for (const { host, protocol, port } of packets) {
          const transport = protocol === 17 ? udp(port) : protocol === 6 ? tcp(port) : new Uint8Array(8);
          const destination = host.split(".").map(Number);
          const frame = ethernet(0x0800, ipv4(transport, { protocol, destination }));
          const expected = rules
            .filter((one) => sees(one, wordPrefix(host)!, protocol, port))
            .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1))
            .map(({ id }) => id);
          assert.equal(
            find(index, frame).filter((id) => id !== "gone"),
            expected,
          );
        }
      },
    ),
  );
});

function sees(one: IndexedRule, host: WordPrefix, protocol: number, port: number): boolean {
  const numbers: Record<SleepLayer, number[]> = {
    IP: [1, 2, 6, 17],
    IPv4: [1, 2, 6, 17],
    IPv6: [],
    ICMP: [1],
    IGMP: [2],
    UDP: [17],
    TCP: [6],
  };
  if (!one.prefixes.some((prefix) => holds(prefix, host))) return false;
  return numbers[one.layer].includes(protocol) && (one.port === undefined || one.port === port);
}

test.run();

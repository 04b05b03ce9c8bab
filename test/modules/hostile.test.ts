import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { abiOf, sleepAbi, standardModule, standardModuleNames } from "../../modules/mod.ts";
import { frame, icmp, ip, tcp, udp } from "./packets.ts";
import { runRule } from "./run-rule.ts";
import { runStreamRule } from "./run-stream-rule.ts";

/** A configuration with everything in it, for the rules that do nothing without one. */
const configs: Record<string, unknown> = {
  "tcp-keeper": {
    connections: ["10.0.0", "fd00:"].map((net) => ({
      local: net === "10.0.0" ? "10.0.0.5" : "fd00::5",
      localPort: 22,
      remote: net === "10.0.0" ? "10.0.0.9" : "fd00::9",
      remotePort: 40_000,
      sequence: 1,
      acknowledgment: 1,
      timestamp: 1,
    })),
  },
  "igmpv3-member": {
    address: "10.0.0.5",
    groups: [{ group: "239.1.2.3" }, { group: "232.1.1.1", include: ["10.0.0.7"] }],
  },
  "mdns-responder": {
    addresses: ["10.0.0.5", "fd00::5"],
    records: [
      { name: "nas.local", type: "A", data: "10.0.0.5" },
      { name: "_a.local", type: "PTR", data: "nas._a.local" },
      { name: "nas._a.local", type: "SRV", port: 1, target: "nas.local" },
    ],
  },
  "dhcp-renew": { address: "10.0.0.5", server: "10.0.0.9", mac: "02:00:00:00:00:05", lease: 1 },
};
/** These see network packets only, and say so. */
const networkOnly = ["igmpv3-member", "dhcp-renew", "mdns-responder"];

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };
const data = Buffer.alloc(64, 7);
/** nas.local A?, then a PTR record of _a.local with compressed names. */
const dnsQuery = Buffer.from(
  "000000000001000100000000036e6173056c6f63616c0000010001025f61c010000c0001000010000006036e6173c01b",
  "hex",
);
const samples = [v4, v6].flatMap((addresses) => [
  udp(addresses, [40_000, 5100], data),
  udp(addresses, [67, 68], data),
  udp(addresses, [5353, 5353], dnsQuery),
  tcp(addresses, {
    ports: [40_000, 22],
    flags: 2,
    options: Buffer.from("020405b40402080a00000001000000000103030700", "hex"),
  }),
  icmp(addresses, [addresses === v4 ? 8 : 128, 0], data),
  ip(addresses, 2, Buffer.from("1164eeff00000000", "hex")),
]);

/** Bytes as they come: nothing of IP, or a sound packet with a few bytes changed, cut short or drawn out. */
const arbitraryPacket = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 }),
      fc.oneof(fc.constant(0), fc.integer({ min: -110, max: 20 })),
    )
    .map(([sample, changes, longer]) => {
      const packet = Buffer.alloc(Math.max(0, sample.length + longer));
      sample.copy(packet);
      for (const [at, value] of changes) if (at < packet.length) packet[at] = value;
      return packet;
    }),
);

/** Those that see packets; what arrives on a stream is the business of the rules that speak on them. */
const packetRules = standardModuleNames().filter((name) => {
  const bytes = standardModule(name);
  return bytes !== undefined && abiOf(bytes) === sleepAbi;
});
for (const name of packetRules) {
  test(`${name}: no packet makes it trap or answer what is not allowed`, () => {
    for (const raw of networkOnly.includes(name) ? [false] : [false, true]) {
      const rule = runRule(name, { config: configs[name] ?? {}, raw });
      const property = fc.property(arbitraryPacket, (bytes) => {
        rule.packet(raw && bytes.length > 0 ? frame(bytes) : bytes);
      });
      fc.assert(property, { numRuns: 2000 });
      rule.timer();
      rule.wakeup();
    }
  });

  test(`${name}: its memory stays flat over many packets`, () => {
    const rule = runRule(name, { config: configs[name] ?? {} });
    for (const sample of samples) rule.packet(sample);
    const before = rule.memoryBytes();
    for (let round = 0; round < 20_000; round++) for (const sample of samples) rule.packet(sample);
    assert.is(rule.memoryBytes(), before);
  });
}

test("http-health: no bytes on a stream make it trap", () => {
  const rule = runStreamRule("http-health", { paths: [{ path: "/healthz", body: "ok" }] });
  const request = "GET /healthz HTTP/1.1\r\nHost: nas\r\n\r\n";
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc.tuple(fc.nat(request.length), fc.nat(request.length)).map(([from, to]) => request.slice(from, to)),
    fc.constant(request),
  );
  const said = fc.array(fc.tuple(fc.nat(3), piece), { maxLength: 8 });
  const property = fc.property(said, (pieces) => {
    for (const [connection, text] of pieces) rule.data(connection, text);
    for (const [connection] of pieces) {
      rule.end(connection);
      rule.close(connection);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test("a rule answers a million packets with flat memory", () => {
  const rule = runRule("udp-echo");
  const sample = samples[0] as Buffer;
  rule.packet(sample);
  const before = rule.memoryBytes();
  for (let round = 0; round < 1_000_000; round++) assert.ok(rule.packet(sample).length === 1);
  assert.is(rule.memoryBytes(), before);
});

test.run();

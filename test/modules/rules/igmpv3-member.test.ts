import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { addressBytes, ipv4, onesComplement } from "../packets.ts";
import { type Reaction, runRule } from "../run-rule.ts";

const config = {
  address: "10.0.0.5",
  groups: [
    { group: "239.1.2.3" },
    { group: "232.1.1.1", include: ["10.0.0.7", "10.0.0.8"] },
    { group: "239.9.9.9", exclude: ["10.0.0.66"] },
  ],
};
const routerAlert = Buffer.from("94040000", "hex");
const fields = [
  "ip.src",
  "ip.dst",
  "ip.ttl",
  "igmp.type",
  "igmp.num_grp_recs",
  "igmp.record_type",
  "igmp.maddr",
  "igmp.saddr",
  "igmp.checksum.status",
];

interface Query {
  group?: string;
  sources?: string[];
  code?: number;
  version?: 2 | 3;
}

function query({ group = "0.0.0.0", sources = [], code = 100, version = 3 }: Query): Buffer {
  const tail = version === 2 ? [] : [Buffer.from([2, 125, 0, sources.length]), ...sources.map(addressBytes)];
  const message = Buffer.concat([Buffer.from([0x11, code, 0, 0]), addressBytes(group), ...tail]);
  message.writeUInt16BE(onesComplement(message), 2);
  const destination = group === "0.0.0.0" ? "224.0.0.1" : group;
  return ipv4({ source: "10.0.0.1", destination }, 2, message, { ttl: 1, options: routerAlert });
}

function only(reactions: Reaction[]): { packet: Buffer; delayMs: number } {
  const [first] = reactions;
  if (reactions.length !== 1 || !first || first === "wake") throw new Error("expected one report");
  return first;
}

test("a general query is answered with all records, within the time it gives", () => {
  const answer = only(runRule("igmpv3-member", { config }).packet(query({ code: 20 })));
  assert.ok(answer.delayMs < 2000);
  assert.equal(dissect([answer.packet], fields), [
    [
      "10.0.0.5",
      "224.0.0.22",
      "1",
      "0x22",
      "3",
      "2,1,2",
      "239.1.2.3,232.1.1.1,239.9.9.9",
      "10.0.0.7,10.0.0.8,10.0.0.66",
      "1",
    ],
  ]);
});

test("a query for a group is answered with its record, and only if the host is a member", () => {
  const rule = runRule("igmpv3-member", { config });
  const answer = only(rule.packet(query({ group: "232.1.1.1" })));
  assert.equal(dissect([answer.packet], fields)[0]?.slice(4, 8), [
    "1",
    "1",
    "232.1.1.1",
    "10.0.0.7,10.0.0.8",
  ]);
  assert.equal(rule.packet(query({ group: "239.1.1.1" })), []);
});

test("a query for sources is answered if the host wants one of them", () => {
  const answers = (group: string, sources: string[]) =>
    runRule("igmpv3-member", { config }).packet(query({ group, sources })).length;
  assert.is(answers("232.1.1.1", ["10.0.0.6", "10.0.0.8"]), 1);
  assert.is(answers("232.1.1.1", ["10.0.0.6"]), 0);
  assert.is(answers("239.9.9.9", ["10.0.0.66"]), 0);
  assert.is(answers("239.9.9.9", ["10.0.0.66", "10.0.0.67"]), 1);
});

test("what a report under way will say is not said again, and is said again afterwards", () => {
  let now = 0;
  const rule = runRule("igmpv3-member", { config, nowMs: () => now });
  const first = only(rule.packet(query({ code: 10 })));
  assert.equal(rule.packet(query({ code: 255 })), [], "a later general report adds nothing");
  assert.equal(
    rule.packet(query({ group: "239.1.2.3", code: 255 })),
    [],
    "the general report covers the group",
  );
  now = first.delayMs + 1;
  assert.is(rule.packet(query({ code: 10 })).length, 1);
});

test("delays are spread over the time a query gives, also when it is written as a floating-point number", () => {
  const delays = Array.from({ length: 200 }, (_, round) => {
    const rule = runRule("igmpv3-member", { config, nowMs: () => round * 7 });
    return only(rule.packet(query({ code: 0x8f }))).delayMs;
  });
  assert.ok(Math.max(...delays) < 24_800 && Math.max(...delays) > 20_000);
  assert.ok(Math.min(...delays) < 4000);
});

test("an older querier gets reports of its own version", () => {
  const rule = runRule("igmpv3-member", { config });
  const one = only(rule.packet(query({ group: "239.1.2.3", version: 2 })));
  const all = rule.packet(query({ version: 2, code: 0 })).map((each) => (each as { packet: Buffer }).packet);
  const rows = dissect([one.packet, ...all], ["ip.dst", "igmp.type", "igmp.maddr", "igmp.checksum.status"]);
  assert.equal(rows, [
    ["239.1.2.3", "0x16", "239.1.2.3", "1"],
    ...config.groups.map(({ group }) => [group, "0x12", group, "1"]),
  ]);
});

test("reports for an older querier are spread over the time it gives, each group's by itself, and not doubled", () => {
  let now = 0;
  const rule = runRule("igmpv3-member", { config, nowMs: () => now });
  const delaysOf = (code: number) =>
    rule.packet(query({ version: 2, code })).map((each) => (each as { delayMs: number }).delayMs);
  const delays: number[] = [];
  for (let round = 0; round < 20; round++) {
    const some = delaysOf(100);
    assert.is(some.length, config.groups.length);
    delays.push(...some);
    assert.equal(
      delaysOf(255).filter((delay) => delay > Math.max(...some)),
      [],
      "no later report while one is under way",
    );
    now += 60_000;
  }
  assert.ok(Math.max(...delays) < 10_000 && Math.max(...delays) > 5_000, `${delays}`);
  assert.ok(new Set(delays).size > delays.length / 2, `${delays}`);
  // Version 1 names no time: ten seconds.
  assert.ok(Math.max(...delaysOf(0), 0) < 10_000);
});

test("every report carries the router alert, for a router that is not in the group looks at no other", () => {
  for (const version of [2, 3] as const) {
    const reports = runRule("igmpv3-member", { config }).packet(query({ version }));
    assert.ok(reports.length > 0);
    for (const report of reports) {
      if (report === "wake") throw new Error("expected reports only");
      assert.equal(dissect([report.packet], ["ip.opt.type", "ip.opt.ra"]), [["148", "0"]]);
    }
  }
});

test("damaged queries, reports and short messages get no answer", () => {
  const rule = runRule("igmpv3-member", { config });
  const damaged = query({});
  damaged[damaged.length - 1] = 9;
  const unsummed = query({});
  unsummed.writeUInt8(3, unsummed.length - 4);
  const tooManySources = query({ group: "239.1.2.3" });
  tooManySources.writeUInt16BE(500, tooManySources.length - 2);
  const report = only(runRule("igmpv3-member", { config }).packet(query({}))).packet;
  for (const packet of [damaged, unsummed, tooManySources, report, query({}).subarray(0, 30)])
    assert.equal(rule.packet(packet), []);
});

test("a configuration that makes no sense is refused with a reason", () => {
  for (const [change, reason] of [
    [{ address: "fd00::5" }, /"address"/],
    [{ groups: [{ group: "10.0.0.1" }] }, /a group should have/],
    [{ groups: [{ group: "239.1.1.1", include: ["x"] }] }, /a group should have/],
    [{ groups: [{ group: "239.1.1.1", include: [], exclude: [] }] }, /a group should have/],
    [{ groups: {} }, /"groups"/],
    [{ groups: [{ group: "239.1.1.1", include: Array(349).fill("10.0.0.1") }] }, /1400 bytes/],
  ] as const)
    assert.throws(() => runRule("igmpv3-member", { config: { ...config, ...change } }), reason);
  assert.throws(() => runRule("igmpv3-member", { config, raw: true }), /raw/);
});

test.run();

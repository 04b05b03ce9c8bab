import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HostReport } from "../../bus/mod.ts";
import {
  decide,
  expectReport,
  type HostView,
  heldUnits,
  noteReport,
  refusalKey,
} from "../../controller/host.ts";
import { type DesiredUnit, type ObservedUnit, problem } from "../../schemas/mod.ts";

const options = { awayAfterMs: 1_000, mustStay: () => false };
const now = 10_000;
const found = problem("bus.unavailable", { reason: "test" });

const want = (id: string, digest = "1"): DesiredUnit => ({
  unit: { id, engine: "filter", digest, spec: {}, artifacts: [] },
  priority: 1,
  state: "installed",
});
const have = ({ unit, priority, state }: DesiredUnit): ObservedUnit => ({
  id: unit.id,
  engine: unit.engine,
  digest: unit.digest,
  priority,
  state,
});
const report = (sequence: number, units: ObservedUnit[] = [], boot = "a", available = true): HostReport => ({
  host: "d/h",
  boot,
  sequence,
  term: 1,
  capabilities: { kernel: "", netloom: "", interfaces: [], engines: [{ engine: "filter", available }] },
  units,
});
const view = (given: Partial<HostView> = {}): HostView => ({
  id: "d/h",
  desired: [],
  inFlight: false,
  refusals: new Map(),
  seenAtMs: now,
  ...given,
});
const unit = want("Rule/d/r");

const table: [string, HostView, ReturnType<typeof decide>][] = [
  ["a host of which nothing is wanted or known is settled", view(), { kind: "settled" }],
  ["a host that never reported is waited for", view({ desired: [unit] }), { kind: "wait", for: "host" }],
  [
    "what is equal is settled",
    view({ desired: [unit], report: report(1, [have(unit)]) }),
    { kind: "settled" },
  ],
  [
    "what is equal is settled even while the host is away",
    view({ desired: [unit], report: report(1, [have(unit)]), seenAtMs: 0 }),
    { kind: "settled" },
  ],
  [
    "what differs is sent",
    view({ desired: [unit], report: report(1) }),
    { kind: "send", commands: [{ verb: "install", unit: unit.unit, priority: 1 }] },
  ],
  [
    "nothing is decided while a batch is under way",
    view({ desired: [unit], report: report(1), inFlight: true }),
    { kind: "wait", for: "reply" },
  ],
  [
    "nothing is sent to a host that is away",
    view({ desired: [unit], report: report(1), seenAtMs: now - 1_001 }),
    { kind: "wait", for: "host" },
  ],
  [
    "nothing is sent to a host that was not heard of since the bus came back",
    view({ desired: [unit], report: report(1), isUnheard: true }),
    { kind: "wait", for: "host" },
  ],
  [
    "a host that failed is left alone until its time",
    view({ desired: [unit], report: report(1), failure: { count: 1, retryAtMs: now + 5, problem: found } }),
    { kind: "wait", for: "backoff", untilMs: now + 5 },
  ],
  [
    "a host is not judged by a report that is known to be old",
    view({ desired: [unit], report: report(1), awaited: { boot: "a", sequence: 2, untilMs: now + 9 } }),
    { kind: "wait", for: "report", untilMs: now + 9 },
  ],
  [
    "a report that does not come is asked for",
    view({ desired: [unit], report: report(1), awaited: { boot: "a", sequence: 2, untilMs: now - 1 } }),
    { kind: "ask" },
  ],
  [
    "a daemon that was heard of and never reported is asked for a report",
    view({ desired: [unit], awaited: { boot: "a", sequence: 2, untilMs: now - 1 } }),
    { kind: "ask" },
  ],
];
for (const [name, host, expected] of table)
  test(name, () => assert.equal(decide(host, now, options), expected));

test("what has to go and has to stay for now is waited for, and all else is done", () => {
  const mustStay = (host: string, unit: string) => host === "d/h" && unit === "Rule/d/kept";
  const kept = have(want("Rule/d/kept"));
  const both = view({ report: report(1, [kept, have(want("Rule/d/other"))]) });
  assert.equal(decide(both, now, { ...options, mustStay }), {
    kind: "send",
    commands: [{ verb: "revoke", unit: "Rule/d/other" }],
  });
  const only = view({ report: report(1, [kept]) });
  assert.equal(decide(only, now, { ...options, mustStay }), { kind: "wait", for: "others" });
});

test("a report is waited for until it, a newer one, or that of a newer start has come", () => {
  for (const arriving of [report(3), report(4), report(1, [], "b")]) {
    const host = view({ report: report(1) });
    expectReport(host, { boot: "a", sequence: 3 }, now + 1);
    noteReport(host, report(2));
    assert.ok(host.awaited, "an older one does not end the wait");
    noteReport(host, arriving);
    assert.not(host.awaited);
  }
});

test("the first report of a daemon that has started anew is waited for when its reply came first", () => {
  const host = view({ report: report(9, [], "a") });
  expectReport(host, { boot: "b", sequence: 2 }, now + 1);
  noteReport(host, report(1, [], "b"));
  assert.ok(host.awaited);
  noteReport(host, report(2, [], "b"));
  assert.not(host.awaited);
});

test("what is known already is not waited for", () => {
  const host = view({ report: report(5) });
  expectReport(host, { boot: "a", sequence: 5 }, now + 1);
  assert.not(host.awaited);
});

test("a refusal stands until content, priority, state, the daemon's start or its engine changes", () => {
  const changes: [string, DesiredUnit[], HostReport][] = [
    ["content", [want("Rule/d/r", "2")], report(1)],
    ["priority", [{ ...unit, priority: 2 }], report(1)],
    ["state", [{ ...unit, state: "active" }], report(1)],
    ["not wanted any more", [], report(1)],
    ["start", [unit], report(1, [], "b")],
    ["engine", [unit], report(1, [], "a", false)],
  ];
  for (const [name, desired, newer] of changes) {
    const host = view({ desired: [unit], report: report(1) });
    host.refusals.set("Rule/d/r", { of: refusalKey(host.report, unit), problem: found });
    assert.equal([...heldUnits(host)], ["Rule/d/r"]);
    assert.equal(decide(host, now, options), { kind: "settled" });
    host.desired = desired;
    host.report = newer;
    assert.is(heldUnits(host).size, 0, name);
  }
});

test.run();

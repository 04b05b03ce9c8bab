import { test } from "uvu";
import * as assert from "uvu/assert";
import { type HostView, refusalKey } from "../../../controller/host.ts";
import { unitStatuses } from "../../../controller/status/unit-status.ts";
import { type DesiredUnit, type ObservedUnit, type Problem, problem } from "../../../schemas/mod.ts";

const forNow = problem("bus.unavailable", { reason: "for now" });
const forGood = problem("unit.faulted", { unit: "Rule/d/r", reason: "it looped" });
const unit: DesiredUnit = {
  unit: { id: "Rule/d/r", engine: "filter", digest: "1", spec: {}, artifacts: [] },
  priority: 1,
  state: "active",
};
const right: ObservedUnit = { id: "Rule/d/r", engine: "filter", digest: "1", priority: 1, state: "active" };

function statusOf(observed: ObservedUnit | undefined, more: Partial<HostView> = {}) {
  const capabilities = { kernel: "", netloom: "", interfaces: [], engines: [] };
  const units = observed ? [observed] : [];
  const report = { host: "d/h", boot: "a", sequence: 1, term: 1, capabilities, units };
  const host: HostView = {
    id: "d/h",
    desired: [unit],
    report,
    inFlight: false,
    refusals: new Map(),
    seenAtMs: 0,
    ...more,
  };
  const status = unitStatuses(host, 100, { awayAfterMs: 1_000 }).get("Rule/d/r");
  return (
    status && ("problem" in status && status.problem ? [status.state, status.problem.code] : [status.state])
  );
}

const withProblem = (found: Problem): ObservedUnit => ({ ...right, problem: found });
const refusal = () => {
  const capabilities = { kernel: "", netloom: "", interfaces: [], engines: [] };
  const report = { host: "d/h", boot: "a", sequence: 1, term: 1, capabilities, units: [] };
  return new Map([["Rule/d/r", { of: refusalKey(report, unit), problem: forGood }]]);
};

const table: [string, ReturnType<typeof statusOf>, string[]][] = [
  ["what is as it ought to be is ready", statusOf(right), ["ready"]],
  ["what is absent is pending", statusOf(undefined), ["pending"]],
  ["another version is pending", statusOf({ ...right, digest: "2" }), ["pending"]],
  ["another priority is pending", statusOf({ ...right, priority: 2 }), ["pending"]],
  ["another state is pending", statusOf({ ...right, state: "installed" }), ["pending"]],
  [
    "what failed last is told",
    statusOf(undefined, { failure: { count: 1, retryAtMs: 0, problem: forNow } }),
    ["pending", "bus.unavailable"],
  ],
  ["what is refused says why", statusOf(undefined, { refusals: refusal() }), ["refused", "unit.faulted"]],
  ["a fault that stays is a fault", statusOf(withProblem(forGood)), ["faulted", "unit.faulted"]],
  ["a fault that may pass is waited for", statusOf(withProblem(forNow)), ["pending", "bus.unavailable"]],
  ["nothing is known of a host that is away", statusOf(right, { seenAtMs: -2_000 }), ["away"]],
];
for (const [name, is, expected] of table) test(name, () => assert.equal(is, expected));

test("nothing is known of a host that never reported", () => {
  const host: HostView = { id: "d/h", desired: [unit], inFlight: false, refusals: new Map(), seenAtMs: 100 };
  assert.is(unitStatuses(host, 100, { awayAfterMs: 1_000 }).get("Rule/d/r")?.state, "away");
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HostReport } from "../../bus/mod.ts";
import { sleeperItems } from "../../controller/sleepers.ts";
import type { NetloomObject, ObservedUnit } from "../../schemas/mod.ts";

const host = (name: string, sleep?: object) =>
  ({
    kind: "Host",
    metadata: { name, namespace: "default" },
    spec: { interfaces: [], sleep },
  }) as unknown as NetloomObject;
const unit = (
  id: string,
  counters: Record<string, number>,
  more: Partial<ObservedUnit> = {},
): ObservedUnit => ({
  id,
  engine: "sleep",
  digest: "ab".repeat(32),
  priority: 1,
  state: "active",
  counters,
  ...more,
});
const saying =
  (units: Record<string, ObservedUnit[]>) =>
  (id: string): HostReport | undefined =>
    units[id] && ({ units: units[id] } as HostReport);

test("a host is told as its proxy counts it, with the energy it saves", () => {
  const recent = [{ atMs: 5, rule: "Rule/default/ssh/nas", protocol: "TCP", peer: "10.0.0.9" }] as const;
  const counters = {
    asleep: 1,
    counted_seconds_total: 7200,
    asleep_seconds_total: 3600,
    answered_total: 40,
    wakes_by_rule_total: 3,
    wakes_tcp_total: 2,
    wakes_timer_total: 1,
  };
  const items = sleeperItems(
    [host("gw"), host("nas", { proxy: "gw", power: { awakeWatts: 30, asleepWatts: 2 } })],
    saying({
      "default/gw": [
        unit("Host/default/nas", counters, { wakes: [...recent] }),
        unit("Rule/default/ssh/nas", { calls_total: 2 }),
        unit("Rule/default/ssh/nas2", { calls_total: 9 }),
        unit("Self/default/nas/7", { calls_total: 1 }),
      ],
    }),
  );
  assert.equal(items, [
    {
      host: "default/nas",
      proxy: "default/gw",
      power: "asleep",
      countedSeconds: 7200,
      asleepSeconds: 3600,
      answered: 40,
      wakes: {
        byRule: 3,
        byItself: 0,
        failed: 0,
        protocols: { TCP: 2, timer: 1 },
        rules: { "Rule/default/ssh/nas": 2, "Self/default/nas/7": 1 },
        recent,
      },
      savedKWh: 0.028,
    },
  ]);
});

test("a host whose proxy has not reported is unknown, and what others say of it does not count", () => {
  const [item, ...others] = sleeperItems(
    [host("nas", { proxy: "gw" })],
    saying({ "default/liar": [unit("Host/default/nas", { asleep: 1, answered_total: 1e9 })] }),
  );
  assert.equal([others, item?.power, item?.answered, item?.savedKWh], [[], "unknown", 0, undefined]);
});

test.run();

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { UnitId } from "../../schemas/mod.ts";
import { CrashFleet, extra, rule, ruleAt, same } from "./crash-fleet.ts";
import { until } from "./until.ts";

const test = suite<{ fleet: CrashFleet }>("a controller that is killed");
test.before.each((context) => {
  context.fleet = new CrashFleet();
});
test.after.each(({ fleet }) => fleet.end());

/** What is committed, and what has to be on the host then. */
interface Change {
  name: string;
  files: Record<string, string>;
  wanted: Record<UnitId, number>;
}

function changesOf(round: number): Change[] {
  const value = round * 10;
  const before = round === 1 ? 0 : value - 9;
  return [
    {
      name: "add beside a broken file",
      files: { "rules.yaml": "kind: [", "extra.yaml": ruleAt("extra", value) },
      wanted: { [rule]: before, [extra]: value },
    },
    {
      name: "mend and change",
      files: { "rules.yaml": ruleAt("ping", value + 1), "extra.yaml": ruleAt("extra", value + 1) },
      wanted: { [rule]: value + 1, [extra]: value + 1 },
    },
    { name: "remove", files: { "extra.yaml": "" }, wanted: { [rule]: value + 1 } },
  ];
}

test("at any step of a change is followed by one that goes on", async ({ fleet }) => {
  let controller = await fleet.converged();
  const killed: Record<string, number> = {};
  for (let steps = 0, isKilled = true; isKilled; steps++) {
    isKilled = false;
    for (const change of changesOf(steps + 1)) {
      controller.killAfter(steps);
      fleet.repository.commit(change.files);
      const what = `${change.name}, killed after ${steps} steps`;
      await until(what, () => {
        if (controller.isDead) {
          killed[change.name] = (killed[change.name] ?? 0) + 1;
          isKilled = true;
          controller = fleet.start();
        }
        return same(fleet.versions(), change.wanted) && same(fleet.recorded(), change.wanted);
      });
      assert.equal(fleet.faults, [], what);
    }
  }
  for (const { name } of changesOf(0)) assert.ok(killed[name]! >= 4, `killed in "${name}": ${killed[name]}`);
});

test.run();

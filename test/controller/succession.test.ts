import { renameSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SleepRuleSpec } from "../../schemas/mod.ts";
import { CrashFleet, extra, rule, ruleAt, same } from "./crash-fleet.ts";
import { temporaryFolder } from "./git-repository.ts";
import { until } from "./until.ts";

const test = suite<{ fleet: CrashFleet }>("another controller");
test.before.each((context) => {
  context.fleet = new CrashFleet();
});
test.after.each(({ fleet }) => fleet.end());

test("that takes the lead of the same repository is not noticed by the fleet", async ({ fleet }) => {
  const first = await fleet.converged();
  // Both believe to lead; the second has the newer term.
  const second = fleet.start(temporaryFolder());
  for (const value of [1, 2, 3, 4, 5]) {
    fleet.repository.commit({ "rules.yaml": ruleAt("ping", value) });
    await until(`version ${value}`, () => same(fleet.versions(), { [rule]: value }));
    if (value === 3) await first.kill();
  }
  assert.not(second.isDead);
  assert.equal(fleet.faults, []);
  const installs = fleet.daemon.commands.filter((one) => one.verb === "install" && one.unit.id === rule);
  const values = installs.map((one) => one.verb === "install" && (one.unit.spec as SleepRuleSpec).config);
  assert.equal(
    values.map((config) => (config as { value: number }).value),
    [...values.map((config) => (config as { value: number }).value)].sort((a, b) => a - b),
    "no version came back after a newer one",
  );
});

test("that is killed at any step of its start does no harm to the next", async ({ fleet }) => {
  await (await fleet.converged()).kill();
  // A broken file, so that every start has to tell a held object from a removed one.
  fleet.repository.commit({ "rules.yaml": "kind: [", "extra.yaml": ruleAt("extra", 1) });
  const wanted = { [rule]: 0, [extra]: 1 };
  let starts = 0;
  for (let steps = 0; starts === 0 || fleet.controllers.at(-1)?.isDead; steps++) {
    starts++;
    const controller = fleet.start();
    controller.killAfter(steps);
    const isDone = (): boolean => same(fleet.versions(), wanted) && same(fleet.recorded(), wanted);
    await until(`killed after ${steps} steps`, () => controller.isDead || isDone());
  }
  assert.ok(starts > 4, `${starts} starts`);
  assert.equal(fleet.versions(), wanted);
  assert.equal(fleet.faults, []);
});

test("does not fall behind what hosts were told, though the source has become invalid meanwhile", async ({
  fleet,
}) => {
  let controller = await fleet.converged();
  let kills = 0;
  for (let steps = 0, value = 0; kills === steps; steps++) {
    controller.killAfter(steps);
    fleet.repository.commit({ "rules.yaml": ruleAt("ping", ++value) });
    const isDone = (): boolean => fleet.versions()[rule] === value && fleet.recorded()[rule] === value;
    await until("killed or done", () => controller.isDead || isDone());
    if (controller.isDead) kills++;
    else controller.killAfter(Number.POSITIVE_INFINITY);
    const told = fleet.versions()[rule]!;
    fleet.repository.commit({ "rules.yaml": "kind: [", "extra.yaml": ruleAt("extra", value) });
    if (controller.isDead) controller = fleet.start();
    await until("read", () => fleet.versions()[extra] === value);
    assert.ok(
      fleet.versions()[rule]! >= told,
      `told ${told}, then ${fleet.versions()[rule]} after ${steps} steps`,
    );
    fleet.repository.commit({ "rules.yaml": ruleAt("ping", ++value) });
    await until("mended", isDone);
  }
  assert.ok(kills > 3, `${kills} kills`);
  assert.equal(fleet.faults, []);
});

test("that starts without its repository holds the fleet to what was in force", async ({ fleet }) => {
  const first = await fleet.converged();
  await first.kill();
  renameSync(fleet.repository.path, `${fleet.repository.path}.away`);
  fleet.steady.clear();
  fleet.daemon.model.units.delete(rule);
  fleet.start();
  await fleet.heard();
  await until("put right", () => same(fleet.versions(), { [rule]: 0 }));
  renameSync(`${fleet.repository.path}.away`, fleet.repository.path);
  fleet.repository.commit({ "rules.yaml": ruleAt("ping", 1) });
  await until("read again", () => same(fleet.versions(), { [rule]: 1 }));
});

test.run();

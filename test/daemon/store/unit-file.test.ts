import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isUnitId, readStoredUnit, unitFileName } from "../../../daemon/store/unit-file.ts";
import { fakeUnit } from "../fake-engine.ts";

const segment = fc.stringMatching(/^[A-Za-z0-9][-._A-Za-z0-9]{0,62}$/);
const unitIds = fc
  .tuple(fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,20}$/), fc.array(segment, { minLength: 2, maxLength: 4 }))
  .map(([kind, rest]) => [kind, ...rest].join("/"));

test("the file of every unit has a safe name of its own", () => {
  const names = new Map<string, string>();
  fc.assert(
    fc.property(unitIds, (id) => {
      assert.ok(isUnitId(id));
      const name = unitFileName(id);
      assert.match(name, /^[A-Z][-+._~A-Za-z0-9]*\.json$/);
      assert.ok(name.length <= 255);
      assert.is(names.get(name) ?? id, id);
      names.set(name, id);
    }),
  );
});

test("long ids that begin alike have different names", () => {
  const long = `Rule/${"a".repeat(63)}/${"b".repeat(63)}/${"c".repeat(63)}/`;
  assert.is.not(unitFileName(`${long}d`), unitFileName(`${long}e`));
});

test("what could leave the folder is no unit's id", () => {
  for (const id of [
    "",
    "../../etc/passwd",
    "Rule/../x",
    "Rule/a",
    "rule/a/b",
    "Rule/a/b/",
    "Rule/a\0/b",
    "Rule/a b/c",
  ]) {
    assert.not.ok(isUnitId(id), id);
  }
});

test("a unit is read back, and refused under another name, damaged or incomplete", () => {
  const unit = fakeUnit("a");
  const stored = { unit, priority: 1, state: "active" };
  const name = unitFileName(unit.id);
  assert.equal(readStoredUnit(stored, name), stored);
  assert.type(readStoredUnit(stored, "Rule+default+b.json"), "string");
  assert.type(readStoredUnit({ ...stored, unit: { ...unit, spec: 1 } }, name), "string");
  assert.type(readStoredUnit({ ...stored, state: "asleep" }, name), "string");
  for (const foreign of [null, 1, [], {}, { unit: {} }]) assert.type(readStoredUnit(foreign, name), "string");
});

test.run();

import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type CheckObjects,
  type Decision,
  type Declared,
  type LastGood,
  lastGood,
  nothingYet,
  type Version,
} from "../../controller/record/last-good.ts";
import { type Problem, problem } from "../../schemas/mod.ts";

/** A small world: files of documents. A document is one object at a version, broken or not; a file may be broken whole. */
interface Document {
  ref: string;
  value: number;
  broken?: boolean;
}
type Files = Record<string, Document[] | "broken">;

const at = (file: string) => ({ position: { file, line: 1, column: 1 } });
const malformed = (file: string): Problem => problem("yaml.malformed", { reason: "test" }, at(file));
const invalid = (file: string, object: string): Problem =>
  problem("schema.missing-field", { field: "spec" }, { ...at(file), object });
const meaning = (object: string): Problem =>
  problem(
    "meaning.unknown-object",
    { kind: "Host", name: "x", namespace: "default" },
    { object, ...at("m") },
  );

function read(files: Files, revision: string): Parameters<typeof lastGood<Version>>[1] {
  const declared: Declared<Version>[] = [];
  const problems: Problem[] = [];
  for (const [file, documents] of Object.entries(files)) {
    if (documents === "broken") problems.push(malformed(file));
    else {
      for (const { ref, value, broken } of documents) {
        if (broken) problems.push(invalid(file, ref));
        else declared.push({ ref, version: { version: String(value), file } });
      }
    }
  }
  const versions = Object.entries(files).map(([file, documents]) => [
    file,
    { version: JSON.stringify(documents) },
  ]);
  return { revision, declared, problems, files: new Map(versions as [string, { version: string }][]) };
}

/** Two declarations of one object are both wrong, and so is a version that ends in 7. */
const checkNames: CheckObjects<Version> = async (objects) => {
  const seen = new Map<string, number>();
  for (const { ref } of objects) seen.set(ref, (seen.get(ref) ?? 0) + 1);
  return objects
    .filter(({ ref, version }) => seen.get(ref)! > 1 || version.version.endsWith("7"))
    .map(({ ref }) => meaning(ref));
};

/** Besides: no two objects have the same version, as no two hosts have the same address. */
const checkClashes: CheckObjects<Version> = async (objects, broken) => {
  const found = [...(await checkNames(objects, broken))];
  for (const one of objects) {
    for (const other of objects) {
      if (one.ref !== other.ref && one.version.version === other.version.version)
        found.push(meaning(one.ref));
    }
  }
  return found;
};

async function run(
  history: Files[],
  check: CheckObjects<Version> = checkNames,
): Promise<Decision<Version>[]> {
  const decisions: Decision<Version>[] = [];
  let before: LastGood<Version> = nothingYet;
  for (const [index, files] of history.entries()) {
    const decision = await lastGood(before, read(files, `r${index}`), check);
    decisions.push(decision);
    before = decision.next;
  }
  return decisions;
}

const values = ({ inForce }: Decision<Version>): Record<string, string> =>
  Object.fromEntries([...inForce].sort().map(([ref, { version }]) => [ref, version]));

const good = (ref: string, value: number): Document => ({ ref, value });
const bad = (ref: string): Document => ({ ref, value: 0, broken: true });

test("an object's version stays in force while the newer one is invalid, and since when is told", async () => {
  const decisions = await run([
    { f: [good("x", 1)] },
    { f: [bad("x")] },
    { f: [bad("x")] },
    { f: [good("x", 2)] },
  ]);
  assert.equal(decisions.map(values), [{ x: "1" }, { x: "1" }, { x: "1" }, { x: "2" }]);
  assert.equal(
    decisions.map(({ held }) => held.map(({ ref, sinceRevision }) => `${ref} ${sinceRevision}`)),
    [[], ["x r1"], ["x r1"], []],
  );
});

test("an object that no file mentions goes; one whose file is broken stays until the file tells", async () => {
  const decisions = await run([
    { f: [good("x", 1), good("y", 1)], g: [good("z", 1)] },
    { f: "broken", g: [] },
    { f: [good("y", 2)], g: [] },
  ]);
  assert.equal(decisions.map(values), [{ x: "1", y: "1", z: "1" }, { x: "1", y: "1", z: "1" }, { y: "2" }]);
});

test("what is removed while an old fault stands elsewhere goes at once", async () => {
  const decisions = await run([
    { f: [good("x", 1)], old: "broken" },
    { f: [], old: "broken" },
  ]);
  assert.equal(decisions.map(values), [{ x: "1" }, {}]);
});

test("an object that may have moved into a file broken by the same change stays", async () => {
  const decisions = await run([
    { f: [good("x", 1)] },
    { renamed: "broken" },
    { renamed: "broken", other: [good("y", 1)] },
    { renamed: [good("x", 2)], other: [good("y", 1)] },
  ]);
  assert.equal(decisions.map(values), [{ x: "1" }, { x: "1" }, { x: "1", y: "1" }, { x: "2", y: "1" }]);
});

test("an object whose name was mistyped along with a fault stays", async () => {
  const decisions = await run([{ f: [good("x", 1)] }, { f: [bad("X Y")] }, { f: [good("xy", 1)] }]);
  assert.equal(decisions.map(values), [{ x: "1" }, { x: "1" }, { xy: "1" }]);
});

test("documents of another system hold nothing", async () => {
  const foreign = problem(
    "object.foreign",
    { is: "apps/v1" },
    { ...at("f"), object: "Deployment/default/web" },
  );
  const first = await lastGood(nothingYet, read({ f: [good("x", 1)] }, "r0"), checkNames);
  const reading = read({ f: [] }, "r1");
  const second = await lastGood(first.next, { ...reading, problems: [foreign] }, checkNames);
  assert.equal(values(second), {});
});

test("of two declarations of one object neither is taken", async () => {
  const decisions = await run([
    { f: [good("x", 1)] },
    { f: [good("x", 2)], g: [good("x", 3)], h: [good("y", 1)] },
  ]);
  assert.equal(decisions.map(values), [{ x: "1" }, { x: "1", y: "1" }]);
});

test("an object that clashes with what is held back waits, and one that needs what it cannot have does too", async () => {
  // a, b and c pass a value on: a's newest version is broken, so b cannot have a's old one, nor c b's.
  const decisions = await run(
    [
      { f: [good("a", 1)], g: [good("b", 2)], h: [good("c", 3)] },
      { f: [bad("a")], g: [good("b", 1)], h: [good("c", 2)], i: [good("d", 4)] },
      { f: [good("a", 5)], g: [good("b", 1)], h: [good("c", 2)], i: [good("d", 4)] },
    ],
    checkClashes,
  );
  assert.equal(decisions.map(values), [
    { a: "1", b: "2", c: "3" },
    { a: "1", b: "2", c: "3", d: "4" },
    { a: "5", b: "1", c: "2", d: "4" },
  ]);
});

test("a chain too long to be settled in turns leaves all that changed as it was", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `o${String(index).padStart(2, "0")}`);
  const before = Object.fromEntries(names.map((name, index) => [name, [good(name, 1000 + index * 10)]]));
  const moved = Object.fromEntries(
    names.map((name, index) => [name, index === 0 ? [bad(name)] : [good(name, 1000 + (index - 1) * 10)]]),
  );
  const decisions = await run([before, { ...moved, new: [good("new", 5)] }], checkClashes);
  const { new: added, ...old } = values(decisions[1]!);
  assert.equal(old, values(decisions[0]!));
  assert.is(added, undefined);
  assert.ok(decisions[1]!.problems.some(({ code }) => code === "record.undecided"));
});

// What follows is checked for any history.

const refs = ["a", "b", "c", "d"];
const anyDocument: fc.Arbitrary<Document> = fc.record({
  ref: fc.constantFrom(...refs),
  value: fc.integer({ min: 0, max: 8 }),
  broken: fc.boolean(),
});
const anyFiles: fc.Arbitrary<Files> = fc.dictionary(
  fc.constantFrom("f", "g", "h"),
  fc.oneof({ weight: 4, arbitrary: fc.array(anyDocument, { maxLength: 3 }) }, fc.constant("broken" as const)),
);
const anyHistory = fc.array(anyFiles, { minLength: 1, maxLength: 8 });
const runs = { numRuns: 400 };

test("for objects that each have a file, what is in force is what the model says", async () => {
  const states = ["good", "bad", "file broken", "invalid together", "removed", "file removed"] as const;
  const step = fc.tuple(...refs.map(() => fc.constantFrom(...states)));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const model = new Map<string, string>();
      const history: Files[] = [];
      const expected: Record<string, string>[] = [];
      for (const [index, wanted] of steps.entries()) {
        const files: Files = {};
        // What goes while another file breaks may have moved there; the model has no such moves.
        const isCalm = !wanted.includes("bad") && !wanted.includes("file broken");
        for (const [position, ref] of refs.entries()) {
          const state = !isCalm && wanted[position]!.endsWith("removed") ? "good" : wanted[position]!;
          const value = index * 40 + position * 10;
          if (state === "good") files[ref] = [good(ref, value)];
          if (state === "bad") files[ref] = [bad(ref)];
          if (state === "file broken") files[ref] = "broken";
          if (state === "invalid together") files[ref] = [good(ref, value + 7)];
          if (state === "removed") files[ref] = [];
          if (state === "good") model.set(ref, String(value));
          if (state.endsWith("removed")) model.delete(ref);
        }
        history.push(files);
        expected.push(Object.fromEntries([...model].sort()));
      }
      assert.equal((await run(history)).map(values), expected);
    }),
    runs,
  );
});

test("nothing is in force that was never declared, and nothing good and alone is held back", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const declaredEver = new Set<string>();
      for (const [index, decision] of (await run(history, checkClashes)).entries()) {
        const { declared } = read(history[index]!, "");
        for (const { ref, version } of declared) declaredEver.add(`${ref} ${version.version}`);
        for (const [ref, { version }] of decision.inForce) assert.ok(declaredEver.has(`${ref} ${version}`));
        const faulty = new Set(decision.problems.map(({ object }) => object));
        for (const { ref, version } of declared) {
          if (!faulty.has(ref)) assert.equal(decision.inForce.get(ref), version);
        }
      }
    }),
    runs,
  );
});

test("an object in force stays while any file mentions it, and goes when none does and all can be read", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const decisions = await run(history, checkClashes);
      for (const [index, files] of history.entries()) {
        const before = index === 0 ? new Map() : decisions[index - 1]!.inForce;
        const now = decisions[index]!.inForce;
        const mentioned = new Set(
          Object.values(files).flatMap((documents) =>
            documents === "broken" ? [] : documents.map(({ ref }) => ref),
          ),
        );
        for (const ref of before.keys()) if (mentioned.has(ref)) assert.ok(now.has(ref), `${ref} went`);
        if (Object.values(files).includes("broken")) continue;
        const mayHide = read(files, "").problems.some(({ object }) => !before.has(object!));
        for (const ref of now.keys()) if (!mayHide) assert.ok(mentioned.has(ref), `${ref} stayed`);
      }
    }),
    runs,
  );
});

test("what is in force is good together, as far as it is newest", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      for (const { inForce, held } of await run(history, checkClashes)) {
        const heldRefs = new Set(held.map(({ ref }) => ref));
        const objects = [...inForce].map(([ref, version]) => ({ ref, version }));
        const found = (await checkClashes(objects, new Set())).filter(({ object }) => !heldRefs.has(object!));
        assert.equal(found, []);
      }
    }),
    runs,
  );
});

test("a revision read twice, and a record written and read between revisions, change nothing", async () => {
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const plain = await run(history, checkClashes);
      let before: LastGood<Version> = nothingYet;
      for (const [index, files] of history.entries()) {
        const first = await lastGood(before, read(files, `r${index}`), checkClashes);
        const again = await lastGood(first.next, read(files, `r${index}`), checkClashes);
        assert.equal(values(again), values(plain[index]!));
        assert.equal(again.held.map(sinceOf).sort(), plain[index]!.held.map(sinceOf).sort());
        before = again.next;
      }
    }),
    runs,
  );
});

test("after any history, a revision without a fault is in force as it is", async () => {
  const healed: Files = { f: [good("a", 10), good("b", 20)], new: [good("e", 30)] };
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      const last = (await run([...history, healed], checkClashes)).at(-1)!;
      assert.equal(values(last), { a: "10", b: "20", e: "30" });
      assert.equal(last.held, []);
      assert.equal(last.problems, []);
    }),
    runs,
  );
});

function sinceOf({ ref, sinceRevision }: { ref: string; sinceRevision: string }): string {
  return `${ref} ${sinceRevision}`;
}

test.run();

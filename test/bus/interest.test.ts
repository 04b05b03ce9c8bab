import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertFilter, assertSubject, InterestTree } from "../../bus/interest.ts";

/** What the tree does, written as the rule reads. */
function matches(filter: string, subject: string): boolean {
  const wanted = filter.split(".");
  const parts = subject.split(".");
  if (wanted.at(-1) === ">") {
    return parts.length >= wanted.length && wanted.slice(0, -1).every((w, i) => w === "*" || w === parts[i]);
  }
  return wanted.length === parts.length && wanted.every((w, i) => w === "*" || w === parts[i]);
}

test("the tree finds exactly the filters that match", () => {
  const token = fc.constantFrom("a", "b");
  const subject = fc.array(token, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  const filter = fc
    .tuple(fc.array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([parts, rest]) => [...parts, ...(rest ? [">"] : [])].join("."));
  fc.assert(
    fc.property(
      fc.uniqueArray(filter, { maxLength: 12 }),
      fc.array(fc.nat(11)),
      subject,
      (filters, gone, to) => {
        const tree = new InterestTree<string>();
        for (const each of filters) tree.add(each, each);
        const left = filters.filter((_, i) => !gone.includes(i));
        for (const each of filters) if (!left.includes(each)) tree.remove(each, each);
        assert.equal(tree.match(to).sort(), left.filter((each) => matches(each, to)).sort());
      },
    ),
  );
});

test("what is no subject or no filter is our own bug", () => {
  for (const wrong of ["", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "x".repeat(600)]) {
    assert.throws(() => assertSubject(wrong), /bad subject/, wrong);
  }
  for (const wrong of ["", "a.", "a.>.b", "a*", "a.b>", "a b"]) {
    assert.throws(() => assertFilter(wrong), /bad filter/, wrong);
  }
  for (const right of [">", "*", "a.*.>", "a.b"]) assertFilter(right);
});

test.run();

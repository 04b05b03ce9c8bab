import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { namePatternsOverlap, nameTest } from "../../schemas/name-pattern.ts";

for (const [one, two, overlap] of [
  ["dig", "dig", true],
  ["dig", "dog", false],
  ["d*", "*g", true],
  ["isc-*", "dns-*", false],
  ["isc-net-????", "isc-net-0*", true],
  ["a*b", "a*c", false],
  ["a*b*", "*c", true],
  ["*", "", true],
  ["?", "", false],
  ["**", "x", true],
  ["?*", "a", true],
  ["a?c", "ab*c", true],
  ["a?c", "abb*c", false],
  ["d.g", "dig", false],
] as const) {
  test(`"${one}" and "${two}" ${overlap ? "can" : "cannot"} mean one name`, () => {
    assert.is(namePatternsOverlap(one, two), overlap);
    assert.is(namePatternsOverlap(two, one), overlap);
  });
}

/** All names over the letters a and b, and the empty one. */
const names = (length: number): string[] =>
  length === 0
    ? [""]
    : ["", ...["a", "b"].flatMap((letter) => names(length - 1).map((rest) => letter + rest))];
const some = names(7);

test("patterns overlap exactly when there is a name that both mean", () => {
  const pattern = fc.array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 4 }).map((all) => all.join(""));
  fc.assert(
    fc.property(pattern, pattern, (one, two) => {
      const [first, second] = [nameTest(one), nameTest(two)];
      assert.is(
        namePatternsOverlap(one, two),
        some.some((name) => first(name) && second(name)),
      );
    }),
    { numRuns: 500 },
  );
});

test.run();

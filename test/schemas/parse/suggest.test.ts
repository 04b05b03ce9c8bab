import { test } from "uvu";
import * as assert from "uvu/assert";
import { suggest } from "../../../schemas/parse/suggest.ts";

test("the nearest candidate is suggested, if it is near", () => {
  const known = ["interfaces", "daemon", "sleep", "lab"];
  for (const [given, wanted] of [
    ["deamon", "daemon"],
    ["interface", "interfaces"],
    ["Sleep", "sleep"],
    ["slepe", "sleep"],
    ["lap", "lab"],
  ] as const) {
    assert.is(suggest(given, known), `did you mean "${wanted}"?`);
  }
  for (const given of ["", "x", "proxy", "xyz", "interfering", "d".repeat(10_000)]) {
    assert.is(suggest(given, known), undefined, given.slice(0, 20));
  }
});

test.run();

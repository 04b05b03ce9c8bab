import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAsked } from "../../bench/asked.ts";

for (const [wanted, figure, is] of [
  [undefined, "validate.1000", true],
  ["validate", "validate.1000", true],
  ["validate.1000", "validate.1000", true],
  ["validate.10000", "validate.1000", false],
  ["validate.1000", "validate.10000", false],
  ["layer45.http", "layer45.https.gigabit", false],
  ["layer45.http.unshaped.splice", "layer45.http.unshaped", true],
] as const) {
  test(`whoever asks for ${wanted ?? "all"} ${is ? "asks" : "does not ask"} for ${figure}`, () => {
    assert.is(isAsked(figure, wanted), is);
  });
}

test.run();

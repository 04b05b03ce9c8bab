import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ObjectDetail } from "../../controller/mod.ts";
import { assertAnswered, endDialect, example, load, queries, rotation, watchWire } from "./dialect.ts";
import { run, Started } from "./started.ts";
import { until } from "./until.ts";

test.after(endDialect);

/** Of a customization's end on the resolver, as was reported last. */
function counterOf(customization: string, counter: string): number {
  const { units } = JSON.parse(
    run("describe", `customization/${customization}`, "-o", "json").stdout,
  ) as ObjectDetail;
  return units.find(({ unit }) => unit?.endsWith("/receiver"))?.counters?.[counter] ?? 0;
}

test("the example is valid, and passes its own checks", () => {
  assert.is(run("validate", example).code, 0);
  const { code, stdout, stderr } = run("lab", "test", example);
  assert.is(code, 0, stdout + stderr);
  assert.is(stdout.match(/^ok \d+ - /gm)?.length, 3);
});

test("two hosts rotate from tag to compression while queries go on: all are answered, and the old one leaves (§5.3.4)", async () => {
  const lab = new Started(["lab", example]);
  await lab.says("  converged");
  const seen = await watchWire();
  const loading = load();
  await until("tagged queries arrive", () => seen().length > 50);
  assert.is(run("rotate", "dns", "--to", "dns-compress").code, 0);
  await until("moved", () => rotation().current === "dns-compress");
  assertAnswered(await loading);
  await until("all was captured", () => seen().length >= queries);
  assert.match(seen(), /^t{50,}c{50,}$/, "never plain, and never back");
  // While the resolver tried the new one first already, queries came that were not its own (document, figure 5.10).
  await until("mismatches are reported", () => counterOf("dns-compress", "mismatches_total") > 0);
  await until("the old one is gone", () => Object.keys(rotation().stages).join() === "dns-compress");
  assert.equal(
    rotation().history.map(({ from, to, cause, outcome }) => [from, to, cause, outcome]),
    [
      [undefined, "dns-tag", "first", "done"],
      ["dns-tag", "dns-compress", "manual", "done"],
    ],
  );
});

test.run();

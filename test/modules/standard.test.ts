import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildStandardModules, standardModule } from "../../modules/mod.ts";

const root = resolve(import.meta.dirname, "../../..");

test("every committed module is what its source gives", async () => {
  const built = await buildStandardModules();
  assert.ok(built.size > 0);
  for (const [path, wasm] of built)
    assert.ok(
      Buffer.compare(readFileSync(resolve(root, path)), wasm) === 0,
      `${path} is stale: npm run generate`,
    );
  const committed = readdirSync(resolve(root, "modules/standard")).map((file) => `modules/standard/${file}`);
  assert.equal(committed.sort(), [...built.keys()].sort());
});

test("a standard module is had by its name, and nothing else is", () => {
  assert.ok(standardModule("icmp-echo"));
  for (const name of ["no-such-rule", "../rules/icmp-echo", "", "icmp-echo.wasm"])
    assert.is(standardModule(name), undefined, name);
});

test.run();

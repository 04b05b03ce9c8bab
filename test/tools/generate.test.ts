import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { generatedFiles } from "../../tools/generate/generated-files.ts";

const root = resolve(import.meta.dirname, "../../..");

test("every generated file is what `npm run generate` would write", async () => {
  for (const [path, content] of await generatedFiles(root)) {
    const isFresh = readFileSync(resolve(root, path)).equals(Buffer.from(content));
    assert.ok(isFresh, `${path} is stale: npm run generate`);
  }
});

test("no module is left whose source is gone", async () => {
  const generated = [...(await generatedFiles(root)).keys()];
  for (const file of readdirSync(resolve(root, "modules/standard")))
    assert.ok(generated.includes(`modules/standard/${file}`), `${file} has no source`);
});

test.run();

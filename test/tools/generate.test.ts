import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { generatedFiles } from "../../tools/generate/generated-files.ts";

const root = resolve(import.meta.dirname, "../../..");

test("every generated file is what `npm run generate` would write", async () => {
  for (const [path, content] of await generatedFiles(root)) {
    assert.is(
      readFileSync(resolve(root, path), "utf8") === content,
      true,
      `${path} is stale: npm run generate`,
    );
  }
});

test.run();

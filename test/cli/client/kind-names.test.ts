import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { kindOf, objectKinds } from "../../../cli/client/kind-names.ts";

const folder = resolve(import.meta.dirname, "../../../../schemas/kinds");

test("every kind of the schemas is known by its name, plural and short names, and no other", () => {
  const known = readdirSync(folder).flatMap((file) => {
    const schema = JSON.parse(readFileSync(resolve(folder, file), "utf8"));
    const names = schema["x-netloom"] as { plural: string; shortNames: string[] } | undefined;
    if (!names) return [];
    for (const word of [schema.title, schema.title.toLowerCase(), names.plural, ...names.shortNames]) {
      assert.is(kindOf(word), schema.title, word);
    }
    return [schema.title];
  });
  assert.equal([...objectKinds].sort(), known.sort());
  assert.is(kindOf("gadget"), undefined);
});

test.run();

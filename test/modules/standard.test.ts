import { test } from "uvu";
import * as assert from "uvu/assert";
import { standardModule } from "../../modules/mod.ts";

test("a standard module is had by its name, and nothing else is", () => {
  assert.ok(standardModule("icmp-echo"));
  for (const name of ["no-such-rule", "../rules/icmp-echo", "", "icmp-echo.wasm"])
    assert.is(standardModule(name), undefined, name);
});

test.run();

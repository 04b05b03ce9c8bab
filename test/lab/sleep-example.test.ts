import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "./started.ts";

const folder = fileURLToPath(new URL("../../../examples/sleep-proxy", import.meta.url));

test("the example of a LAN with a host that sleeps is valid, and passes its own checks", () => {
  assert.is(run("validate", folder).code, 0);
  const { code, stdout, stderr } = run("lab", "test", folder);
  assert.is(code, 0, stdout + stderr);
  assert.is(stdout.match(/^ok \d+ - /gm)?.length, 10);
});

test.run();

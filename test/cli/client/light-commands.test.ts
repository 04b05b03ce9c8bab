import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const built = resolve(import.meta.dirname, "../../..");

/** All modules of ours that are loaded along with one, in the order they are met. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(resolve(built, file), "utf8");
  for (const [, target = ""] of text.matchAll(/^(?:import|export)[^"']*?from\s*"(\.{1,2}\/[^"]+)"/gm))
    loadedWith(relative(built, resolve(built, dirname(file), target)), seen);
  return seen;
}

test("what only asks a controller does not load one", () => {
  for (const command of [
    "cli/get/get-objects.js",
    "cli/get/get-source.js",
    "cli/describe/describe-object.js",
    "cli/events/list-events.js",
    "cli/plan/show-plan.js",
    "cli/reconcile/reconcile-now.js",
    "cli/top/show-top.js",
    "cli/rotation/show-rotation.js",
    "cli/rotation/rotate-now.js",
    "cli/challenge/challenge-now.js",
  ]) {
    const loaded = loadedWith(command);
    assert.ok(loaded.has("cli/client/controller-client.js"), command);
    assert.not.ok(loaded.has("controller/mod.js"), command);
    assert.not.ok(loaded.has("bus/mod.js"), command);
  }
});

test.run();

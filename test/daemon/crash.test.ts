import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Command } from "../../bus/mod.ts";
import { unitOf } from "../../daemon/decide.ts";
import type { StoredUnit } from "../../daemon/store/unit-file.ts";
import { UnitStore } from "../../daemon/store/unit-store.ts";
import { canonicalJson } from "../../schemas/mod.ts";

const rounds = 15;
const lifeMsMax = 60;
const stateDir = mkdtempSync(join(tmpdir(), "netloom-"));
test.after(() => rmSync(stateDir, { recursive: true }));

type Kept = Map<string, StoredUnit>;
type Line = { kind: "sent"; commands: Command[] } | { kind: "answered"; acked: boolean[] };

/** What one command makes of a unit, said as simply as it can be. */
function apply(kept: Kept, command: Command): Kept {
  const after = new Map(kept);
  const id = unitOf(command) ?? "";
  const before = kept.get(id);
  if (command.verb === "install") {
    after.set(id, { unit: command.unit, priority: command.priority, state: before?.state ?? "installed" });
  } else if (command.verb === "revoke") after.delete(id);
  else if (before && command.verb === "prioritize") after.set(id, { ...before, priority: command.priority });
  else if (before) {
    const states = { activate: "active", deactivate: "installed", deprecate: "deprecated" } as const;
    after.set(id, { ...before, state: states[command.verb as keyof typeof states] });
  }
  return after;
}

/** Lets a daemon work until it is killed after so long; resolves to what it said. */
async function live(lifeMs: number): Promise<Line[]> {
  const script = new URL("./crash-child.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, stateDir], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    // Its life is counted from its first word: before it there is only Node's start.
    if (said === "") setTimeout(() => child.kill("SIGKILL"), lifeMs);
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
  assert.is(code, "SIGKILL", "it does not end by itself");
  return said
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

test("killed at any moment, a daemon finds each unit old or new, and all that it acked", async () => {
  let kept: Kept = new Map();
  let answered = 0;
  for (let round = 0; round < rounds; round++) {
    let inFlight: Command[] = [];
    for (const line of await live(Math.random() * lifeMsMax)) {
      if (line.kind === "sent") {
        inFlight = line.commands;
        continue;
      }
      for (const [at, command] of inFlight.entries()) if (line.acked[at]) kept = apply(kept, command);
      inFlight = [];
      answered++;
    }
    const store = await UnitStore.open(stateDir);
    assert.equal(store.problems, []);
    kept = checkKept(store, kept, inFlight);
    for (const { unit } of store.units.values()) {
      for (const { digest } of unit.artifacts)
        assert.ok(await store.blobs.read(digest), `artifact of ${unit.id}`);
    }
    await store.close();
  }
  assert.ok(answered > rounds, `only ${answered} batches were answered`);
});

/** Each unit is as it was acked, or as the batch in flight would have made it. */
function checkKept(store: UnitStore, acked: Kept, inFlight: Command[]): Kept {
  const steps = [acked];
  for (const command of inFlight) steps.push(apply(steps.at(-1) as Kept, command));
  for (const id of new Set([...store.units.keys(), ...steps.flatMap((step) => [...step.keys()])])) {
    const is = canonicalJson(store.units.get(id));
    const may = steps.map((step) => canonicalJson(step.get(id)));
    assert.ok(may.includes(is), `${id} is ${is}; it may be ${may.join(" or ")}`);
  }
  return new Map(store.units);
}

test.run();

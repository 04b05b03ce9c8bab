import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EngineSet } from "../../daemon/engine-set.ts";
import { restore, retryRefused } from "../../daemon/restore.ts";
import { UnitStore } from "../../daemon/store/unit-store.ts";
import { fail, type HostId, type Problem } from "../../schemas/mod.ts";
import { FakeEngine, fakeUnit } from "./fake-engine.ts";
import { host, quiet } from "./fixture.ts";

/** An engine whose link to the sleeping host is down at first. */
class Unlinked extends FakeEngine {
  linked = false;
  override async power(of: HostId, state: "asleep" | "awake"): Promise<void> {
    if (!this.linked) fail("sleep.no-link", { host: of, addresses: "10.0.0.5/24", interfaces: "lo" });
    await super.power(of, state);
  }
}

test("a host that could not be stood in for after a start is listed with why, and taken over once it can be", async () => {
  const folder = mkdtempSync(join(tmpdir(), "netloom-restore-"));
  const store = await UnitStore.open(folder);
  const engine = new Unlinked();
  const engines = await EngineSet.start(host, [engine], () => ({
    changed: () => undefined,
    powered: () => undefined,
    log: quiet,
    artifact: async () => new Uint8Array(),
    secret: async () => new Uint8Array(),
  }));
  try {
    const unit = fakeUnit("nas", { spec: { type: "sleeper", host: "default/nas" } });
    store.set({ unit, priority: 1, state: "active" });
    store.setPower("default/nas", "asleep");
    const refused = new Map<string, Problem>();
    const options = { store, engines, log: quiet, refused };

    await restore(options);
    assert.is(refused.get(unit.id)?.code, "sleep.no-link");
    assert.is(await retryRefused(options), false, "nothing changed, nothing to report");
    assert.is(refused.get(unit.id)?.code, "sleep.no-link");

    engine.linked = true;
    assert.is(await retryRefused(options), true);
    assert.equal([...engine.asleep], ["default/nas"]);
    assert.is(refused.size, 0);
  } finally {
    await engines.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

test.run();

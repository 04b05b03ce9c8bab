import { test } from "uvu";
import * as assert from "uvu/assert";
import { eventually } from "../bus/eventually.ts";
import { Fixture } from "./fixture.ts";
import { tinyEngine, tinyUnit } from "./worker/tiny.ts";

const at = new Fixture();
test.after(() => at.end());

const reported = (id: string) => at.lastReport.units.find((unit) => unit.id === id);

test("a looping guest costs its own unit only, is told to the controller, and stays stopped after a restart", async () => {
  await at.start([tinyEngine()]);
  const good = tinyUnit("good");
  const bad = tinyUnit("bad", { guest: "loop" });
  const codes = await at.codes(
    { verb: "install", unit: good, priority: 1 },
    { verb: "activate", unit: good.id, digest: good.digest },
    { verb: "install", unit: bad, priority: 2 },
    { verb: "activate", unit: bad.id, digest: bad.digest },
  );
  assert.equal(codes, ["ack", "ack", "ack", "ack"]);
  await eventually(() => reported(bad.id)?.problem?.code === "unit.faulted", "the report of the fault");
  assert.is(reported(good.id)?.problem, undefined);

  await at.stop();
  at.reports.length = 0;
  await at.start([tinyEngine()]);
  await eventually(() => at.reports.length > 0, "a report of the next life");
  assert.is(reported(bad.id)?.problem?.code, "unit.faulted");
  assert.is(reported(bad.id)?.state, "active");
  assert.is(reported(good.id)?.state, "active");

  const mended = tinyUnit("bad");
  assert.equal(await at.codes({ verb: "install", unit: mended, priority: 2 }), ["ack"]);
  await eventually(() => reported(mended.id)?.digest === mended.digest, "the mended version");
  assert.is(reported(mended.id)?.problem, undefined);
  assert.is(reported(mended.id)?.state, "active");
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { eventually } from "../bus/eventually.ts";
import { fakeUnit } from "./fake-engine.ts";
import { codeOf, Fixture } from "./fixture.ts";

let at: Fixture;
test.before.each(async () => {
  at = new Fixture();
  await at.start();
});
test.after.each(() => at.end());

test("a unit is installed, activated and revoked, and each report shows it", async () => {
  const unit = fakeUnit("echo");
  const reply = await at.send(
    { verb: "install", unit, priority: 10 },
    { verb: "activate", unit: unit.id, digest: unit.digest },
  );
  assert.equal(
    reply.results.map(({ outcome }) => codeOf(outcome)),
    ["ack", "ack"],
  );
  await eventually(() => at.lastReport.sequence >= reply.sequence, "the report that the reply announced");
  assert.equal(at.lastReport.units, [
    { id: unit.id, engine: "sleep", digest: unit.digest, priority: 10, state: "active" },
  ]);
  const gone = await at.send({ verb: "revoke", unit: unit.id });
  await eventually(() => at.lastReport.sequence >= gone.sequence, "the report after it");
  assert.equal(at.lastReport.units, []);
});

test.run();

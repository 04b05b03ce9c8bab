import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HostReport } from "../../../bus/mod.ts";
import { EndsSeen } from "../../../controller/inverse/ends-seen.ts";
import type { EngineName } from "../../../schemas/mod.ts";

const reportOf = (...units: [id: string, engine?: EngineName][]): HostReport => ({
  host: "d/h",
  boot: "a",
  sequence: 1,
  term: 1,
  capabilities: { kernel: "", netloom: "", interfaces: [], engines: [] },
  units: units.map(([id, engine = "layer45"]) => ({
    id,
    engine,
    digest: "1",
    priority: 1,
    state: "deprecated",
  })),
});
const tag = "Customization/d/tag";

test("a customization is seen until the last host with an end of it has none, or is not there any more", () => {
  const seen = new EndsSeen();
  assert.equal(seen.note("d/a", reportOf([`${tag}/sender`], [`${tag}/receiver`])), []);
  assert.equal(seen.note("d/b", reportOf([`${tag}/receiver`], ["Customization/d/other/sender"])), []);
  assert.equal(seen.note("d/a", reportOf([`${tag}/sender`])), []);
  assert.equal(seen.note("d/a", reportOf()), []);
  assert.ok(seen.has(tag));
  assert.equal(seen.note("d/b", undefined).sort(), ["Customization/d/other", tag]);
  assert.not.ok(seen.has(tag));
  assert.equal(seen.note("d/b", undefined), []);
});

test("what only reads a customization is none of its ends", () => {
  const seen = new EndsSeen();
  seen.note("d/box", reportOf([`${tag}/inverse-wireshark-0`, "inverse"]));
  assert.not.ok(seen.has(tag));
});

test.run();

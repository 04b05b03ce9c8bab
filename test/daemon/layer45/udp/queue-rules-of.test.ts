import { test } from "uvu";
import * as assert from "uvu/assert";
import { queueRulesOf } from "../../../../daemon/layer45/udp/queue-rules-of.ts";
import { customizationText, wat } from "../../../modules/wat.ts";
import { madeCustomization } from "../made-customization.ts";

const sends = wat(customizationText());
const both = wat(customizationText({ receive: "(i32.const 0)" }));
const remote = { address: "10.0.0.3", port: 53 };

test("what is sent goes from the local end to the remote one, what arrives comes the other way", () => {
  const tap = { local: { port: 4_000 }, remote };
  assert.equal(queueRulesOf([madeCustomization(both, { tap })]), [
    { hook: "OUTPUT", family: 4, source: { port: 4_000 }, destination: remote },
    { hook: "INPUT", family: 4, source: remote, destination: { port: 4_000 } },
  ]);
});

test("only the directions that a module wants are queued", () => {
  assert.equal(
    queueRulesOf([madeCustomization(sends, { tap: { remote } })]).map(({ hook }) => hook),
    ["OUTPUT"],
  );
});

test("without an address both families are meant, with one its own, and with one of each none", () => {
  const families = (tap: object): number[] =>
    queueRulesOf([madeCustomization(sends, { tap })]).map(({ family }) => family);
  assert.equal(families({ remote: { port: 53 } }), [4, 6]);
  assert.equal(families({ local: { address: "fd00::1" } }), [6]);
  assert.equal(families({ local: { address: "fd00::1" }, remote }), []);
});

test("what several taps mean is queued once", () => {
  const taps = ["dig", "host"].map((group) =>
    madeCustomization(sends, { tap: { application: { group }, remote } }),
  );
  assert.is(queueRulesOf(taps).length, 1);
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeRotation, encodeRotation } from "../../../controller/rotation/rotation-codec.ts";
import { newRecord, type RotationRecord } from "../../../controller/rotation/rotation-record.ts";

const full: RotationRecord = {
  current: "tag",
  front: { sender: "tag", receiver: "compress" },
  stages: {
    tag: { at: "both" },
    compress: { at: "arriving" },
    middle: { at: "late", sinceMs: 12.5 },
    end: { at: "late" },
    front: { at: "leavingSenders" },
    back: { at: "leavingReceivers" },
    old: { at: "found" },
  },
  move: {
    from: "tag",
    to: "compress",
    cause: "schedule",
    startedMs: 1,
    stepMs: 2,
    isHeld: true,
    tookMs: { deployReceivers: 3 },
  },
  next: { atMs: 5, to: "tag", by: '{"every":"24h"}' },
  asked: "tag",
  history: [{ to: "tag", cause: "first", startedMs: 0, endedMs: 1, outcome: "failed", reason: "late" }],
};

test("a record comes back as it went, and so does the lack of one", () => {
  for (const record of [full, newRecord(["a", "b"])]) {
    assert.equal(decodeRotation(encodeRotation({ term: 7, record }), "k"), { term: 7, record });
  }
  assert.equal(decodeRotation(encodeRotation({ term: 7 }), "k"), { term: 7 });
});

const broken: [string, string | object, RegExp][] = [
  ["half a text", '{"term":7,"rec', /no JSON/],
  ["no object", "[]", /no object/],
  ["no term", { record: full }, /term/],
  ["an unknown stage", { term: 7, record: { ...full, stages: { tag: { at: "somewhere" } } } }, /stages\.tag/],
  ["no history", { term: 7, record: { ...full, history: undefined } }, /history/],
  ["a time that is none", { term: 7, record: { ...full, move: { ...full.move, stepMs: "soon" } } }, /stepMs/],
];
for (const [what, entry, reason] of broken) {
  test(`what is wrong with ${what} is told`, () => {
    const bytes = Buffer.from(typeof entry === "string" ? entry : JSON.stringify(entry));
    assert.match(decodeRotation(bytes, "k") as string, reason);
  });
}

test.run();

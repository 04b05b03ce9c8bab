import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  formatChecked,
  parseChecked,
  readChecked,
  setAside,
  writeWhole,
} from "../../../daemon/store/checked-file.ts";

const folder = mkdtempSync(join(tmpdir(), "netloom-"));
test.after(() => rmSync(folder, { recursive: true }));

test("what is written is read again", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as unknown;
      assert.equal(parseChecked(formatChecked(value)), { kind: "content", value: plain });
    }),
  );
});

test("a file cut short at any byte, or with any byte changed, is torn", () => {
  const whole = formatChecked({ unit: "a", priority: 1 });
  for (let length = 0; length < whole.length; length++) {
    assert.is(parseChecked(whole.subarray(0, length)).kind, "torn", `cut at ${length}`);
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] as number) ^ 1;
    assert.is(parseChecked(changed).kind, "torn", `changed at ${at}`);
  }
});

test("a file of another format version is told apart", () => {
  const other = Buffer.from(formatChecked({})).toString().replace("netloom-state 1", "netloom-state 2");
  const reading = parseChecked(Buffer.from(other));
  assert.is(reading.kind, "torn");
  assert.match(reading.kind === "torn" ? reading.reason : "", /version 2; this netloom reads 1/);
});

test("a file is written for its owner only, and nothing unfinished is left beside it", async () => {
  const path = join(folder, "one.json");
  await writeWhole(path, formatChecked(1));
  await writeWhole(path, formatChecked(2));
  assert.is(statSync(path).mode & 0o777, 0o600);
  assert.equal(await readChecked(path, { bytesMax: 1000 }), { kind: "content", value: 2 });
  assert.equal(readdirSync(folder), ["one.json"]);
});

test("a file that is too large is not read", async () => {
  const path = join(folder, "large.json");
  await writeWhole(path, formatChecked("x".repeat(1000)));
  assert.is((await readChecked(path, { bytesMax: 1000 })).kind, "torn");
});

test("what is set aside is moved, content and all", async () => {
  const path = join(folder, "bad.json");
  writeFileSync(path, "bad");
  const to = await setAside(path, join(folder, "torn"));
  assert.is(readFileSync(to, "utf8"), "bad");
  assert.not.ok(readdirSync(folder).includes("bad.json"));
  assert.is(statSync(join(folder, "torn")).mode & 0o777, 0o700);
});

test.run();

import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeUnit } from "../../../controller/compile/unit.ts";
import { InstanceKeys } from "../../../controller/security/instance-keys.ts";

const host = "default/a";
const id = "Customization/default/dns/sender";
const module = { name: "module", digest: "ab".repeat(32), bytes: 10 };
const keys = new InstanceKeys(new Uint8Array(32).fill(7));
const unit = makeUnit(id, "layer45", {}, [module, keys.artifact({ host, unit: id, module: module.digest })]);

test("what is enclosed is the private artifact's content", () => {
  const [instance] = unit.artifacts.filter((artifact) => artifact.private);
  const [[digest, content] = ["", ""]] = Object.entries(keys.enclosed(host, unit) ?? {});
  assert.is(digest, instance?.digest);
  const bytes = Buffer.from(content, "base64");
  assert.is(bytes.length, 36);
  assert.is(createHash("sha256").update(bytes).digest("hex"), digest);
  assert.is(keys.of(host, unit)?.id, bytes.readUInt32LE());
});

test("nothing is enclosed for a unit that has nothing private", () => {
  assert.is(keys.enclosed(host, makeUnit(id, "layer45", {}, [module])), undefined);
});

test("a unit made under another master secret has no instance of this one", () => {
  assert.is(new InstanceKeys(new Uint8Array(32)).of(host, unit), undefined);
});

test("the master secret is not in what is printed of its keeper", () => {
  assert.not.match(inspect(keys, { depth: 9, showHidden: true }), /7, 7/);
  assert.is(JSON.stringify(keys), "{}");
});

test.run();

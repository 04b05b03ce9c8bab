import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { deriveInstance, instanceBytes, readInstance } from "../../../controller/security/instance.ts";

const master = Uint8Array.from({ length: 32 }, (_, at) => at);
const of = { host: "default/a", unit: "Customization/default/dns/sender", module: "ab".repeat(32) };

test("an instance is what HKDF of openssl gives, id first", () => {
  const info = `${of.host} ${of.unit} ${of.module}`;
  const options = ["digest:SHA256", `hexkey:${Buffer.from(master).toString("hex")}`];
  const salted = [...options, "salt:netloom layer45 instance", `info:${info}`];
  const given = execFileSync("openssl", [
    "kdf",
    "-keylen",
    `${instanceBytes}`,
    ...salted.flatMap((option) => ["-kdfopt", option]),
    "HKDF",
  ]);
  const hex = given.toString().trim().replaceAll(":", "").toLowerCase();
  const content = deriveInstance(master, of);
  assert.is(Buffer.from(content).toString("hex"), hex);
  const { id, key } = readInstance(content);
  assert.is(id, Buffer.from(hex, "hex").readUInt32LE());
  assert.is(Buffer.from(key).toString("hex"), hex.slice(8));
});

test("another host, unit, module or master secret gives another key", () => {
  const keyOf = (more: Partial<typeof of>, secret = master): string =>
    Buffer.from(readInstance(deriveInstance(secret, { ...of, ...more })).key).toString("hex");
  const others = [
    keyOf({ host: "default/b" }),
    keyOf({ unit: "Customization/default/dns/receiver" }),
    keyOf({ module: "cd".repeat(32) }),
    keyOf({}, new Uint8Array(32)),
  ];
  assert.is(new Set([keyOf({}), ...others]).size, 5);
  assert.is(keyOf({}), keyOf({}));
});

test.run();

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readSecret } from "../../daemon/secret.ts";

const outer = mkdtempSync(join(tmpdir(), "netloom-"));
const folder = mkdtempSync(join(outer, "secrets-"));
writeFileSync(join(folder, "nas-wake"), "sesame\n");
writeFileSync(join(folder, "large"), new Uint8Array(70_000));
writeFileSync(join(outer, "shadow"), "not yours");
test.after(() => rmSync(outer, { recursive: true }));

const messageOf = (name: string, of: string | undefined) =>
  readSecret(name, of).then(
    (content) => `content ${Buffer.from(content)}`,
    (error: Error) => error.message,
  );

test("a secret is a file's content, but for the line end at its end", async () => {
  assert.is(await messageOf("nas-wake", folder), "content sesame");
});

test("what cannot be read is said, without a word of what is in it", async () => {
  assert.match(await messageOf("none", folder), /none cannot be read \(ENOENT\)/);
  assert.match(await messageOf("large", folder), /has 70000 bytes; at most 65536 are read/);
  assert.match(await messageOf("nas-wake", undefined), /has no folder of secrets/);
});

test("no name leads out of the folder", async () => {
  for (const name of ["../shadow", "/etc/hostname", "..", ".", "", "a/b", "a\0b"]) {
    assert.match(await messageOf(name, folder), /is no name of a secret/);
  }
});

test.run();

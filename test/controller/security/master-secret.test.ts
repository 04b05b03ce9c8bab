import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { memoryBus } from "../../../bus/mod.ts";
import { masterSecret, masterSecretOf } from "../../../controller/security/master-secret.ts";
import { problemOf } from "../../../schemas/mod.ts";

test("controllers that start at once agree on one secret, which stays", async () => {
  const bus = memoryBus();
  const buckets = await Promise.all(Array.from({ length: 5 }, () => bus.join().bucket("record")));
  const secrets = await Promise.all(buckets.map(masterSecret));
  assert.is(secrets[0]?.length, 32);
  assert.is(new Set(secrets.map((secret) => Buffer.from(secret).toString("hex"))).size, 1);
  const [bucket] = buckets;
  assert.equal(Buffer.from(await masterSecret(bucket!)), Buffer.from(secrets[0]!));
  await bus.close();
});

test("a file is taken when its owner alone may read it, and it has bytes enough", async () => {
  const folder = mkdtempSync(join(tmpdir(), "netloom-secret-"));
  const path = join(folder, "master");
  const codeOf = (): Promise<string> =>
    masterSecretOf(path).then(
      (secret) => `${secret.length}`,
      (error: unknown) => problemOf(error).message,
    );
  assert.match(await codeOf(), "cannot be read (ENOENT)");
  writeFileSync(path, Buffer.alloc(32, 1), { mode: 0o600 });
  assert.is(await codeOf(), "32");
  chmodSync(path, 0o640);
  assert.match(await codeOf(), "others than its owner may use it");
  writeFileSync(path, "short");
  chmodSync(path, 0o600);
  assert.match(await codeOf(), "it has 5 bytes");
  rmSync(folder, { recursive: true });
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { bucketLease, memoryBus } from "../../../bus/mod.ts";

test("a lease is written only over the version that was read", async () => {
  const bus = memoryBus();
  const store = bucketLease(await bus.bucket("record"), "leader");
  const lease = { holder: "a", term: 3, durationMs: 6_000 };
  assert.is(await store.read(), undefined);
  const version = await store.write(lease, undefined);
  assert.equal(await store.read(), { lease, version });
  assert.is(await store.write(lease, undefined), undefined);
  const next = await store.write({ ...lease, holder: "" }, version);
  assert.is(await store.write(lease, version), undefined);
  assert.is((await store.read())?.version, next);
  await bus.close();
});

test("a lease that cannot be read is held by nobody known, for long, and can be written over", async () => {
  const bus = memoryBus();
  const bucket = await bus.bucket("record");
  const store = bucketLease(bucket, "leader");
  await bucket.put("leader", Buffer.from('{"stream":"x"}'));
  const read = await store.read();
  assert.equal(read?.lease, { holder: "unreadable", term: 0, durationMs: 60_000 });
  assert.ok(await store.write({ holder: "a", term: 1, durationMs: 6_000 }, read?.version));
  await bus.close();
});

test.run();

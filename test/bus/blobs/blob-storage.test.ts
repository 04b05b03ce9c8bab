import { randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BlobStorage } from "../../../bus/blobs/blob-storage.ts";
import { type Bucket, limits, memoryBus } from "../../../bus/mod.ts";
import { rejectsWith } from "../contract.ts";

async function storage(): Promise<{ bucket: Bucket; blobs: BlobStorage; end: () => Promise<void> }> {
  const bus = memoryBus();
  const bucket = await bus.bucket("blobs");
  return { bucket, blobs: new BlobStorage(async () => bucket), end: () => bus.close() };
}

test("a blob that was damaged is no longer there, and can be put again", async () => {
  const { bucket, blobs, end } = await storage();
  const content = randomBytes(400_000);
  const digest = await blobs.put(content);
  await bucket.put(`${digest}.1`, Buffer.from("rot"));
  assert.is(await blobs.has(digest), true);
  assert.is(await blobs.get(digest), undefined);
  assert.is(await blobs.has(digest), false);
  await blobs.put(content);
  assert.is(Buffer.compare((await blobs.get(digest)) as Uint8Array, content), 0);
  await bucket.delete(`${digest}.2`);
  assert.is(await blobs.get(digest), undefined);
  assert.is(await blobs.has(digest), false);
  await end();
});

test("whatever way puts and prunes meet, a blob is there whole or not at all", async () => {
  const { blobs, end } = await storage();
  const contents = Array.from({ length: 5 }, () => randomBytes(300_000));
  const work: Promise<unknown>[] = [];
  for (let round = 0; round < 5; round++) {
    for (const content of contents) work.push(blobs.put(content), blobs.prune(new Set()));
  }
  await Promise.all(work);
  for (const content of contents) {
    const digest = await blobs.put(content);
    assert.is(Buffer.compare((await blobs.get(digest)) as Uint8Array, content), 0);
  }
  await end();
});

test("what a crash left of a blob is pruned", async () => {
  const { bucket, blobs, end } = await storage();
  await bucket.put(`${"ab".repeat(32)}.0`, Buffer.from("first piece"));
  assert.is(await blobs.prune(new Set()), 1);
  assert.equal(await bucket.keys(), []);
  await end();
});

test("a blob over the limit is refused", async () => {
  const { blobs, end } = await storage();
  await rejectsWith(blobs.put(new Uint8Array(limits.blobBytesMax + 1)), "bus.payload-too-large");
  await end();
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type BlobStore, memoryBus } from "../../bus/mod.ts";
import { BlobService } from "../../controller/blob-service.ts";
import { BlobSender } from "../../controller/blobs.ts";
import { fail } from "../../schemas/mod.ts";
import { silent } from "./fixtures.ts";

const content = Buffer.from("a program");
const digest = await memoryBus().blobs.put(content);

/** A sender, and how often it read and put. */
function counted(options: { failures?: number } = {}) {
  const store = memoryBus().blobs;
  const counts = { read: 0, put: 0 };
  const counting: BlobStore = Object.create(store);
  counting.has = (asked) => store.has(asked);
  counting.put = (bytes) => {
    counts.put += 1;
    return store.put(bytes);
  };
  const sender = new BlobSender(counting, async (asked) => {
    counts.read += 1;
    return counts.read <= (options.failures ?? 0) ? fail("artifact.missing", { digest: asked }) : content;
  });
  return { sender, store, counts };
}

test("a blob is put once, however many ask for it at once", async () => {
  const { sender, store, counts } = counted();
  await Promise.all(Array.from({ length: 20 }, () => sender.ensure(digest)));
  await sender.ensure(digest);
  assert.ok(await store.has(digest));
  assert.equal(counts, { read: 1, put: 1 });
});

test("a blob that is there already is not read", async () => {
  const { sender, store, counts } = counted();
  await store.put(content);
  await sender.ensure(digest);
  assert.equal(counts, { read: 0, put: 0 });
});

test("one that could not be had is tried again when asked for again", async () => {
  const { sender, counts } = counted({ failures: 1 });
  const first = await sender.ensure(digest).then(
    () => "there",
    () => "missing",
  );
  await sender.ensure(digest);
  assert.equal({ first, ...counts }, { first: "missing", read: 2, put: 1 });
});

test("a store that may have lost what it had is asked again", async () => {
  const { sender, store, counts } = counted();
  await sender.ensure(digest);
  await store.prune(new Set());
  sender.forget();
  await sender.ensure(digest);
  assert.ok(await store.has(digest));
  assert.is(counts.put, 2);
});

test("blobs are served while leading only, whatever the order in which that is said", async () => {
  let serving = 0;
  const store: BlobStore = Object.create(memoryBus().blobs);
  store.serve = async () => {
    serving += 1;
    return { unsubscribe: () => (serving -= 1) };
  };
  const service = new BlobService(store, silent);
  const said = [true, true, false, true].map((isLeading) => service.set(isLeading));
  await Promise.all(said);
  assert.is(serving, 1);
  await service.set(false);
  assert.is(serving, 0);
});

test.run();

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Bucket, type MemoryBus, memoryBus } from "../../../bus/mod.ts";
import { newRecord, type RotationRecord } from "../../../controller/rotation/rotation-record.ts";
import { RotationStore } from "../../../controller/rotation/rotation-store.ts";
import type { Problem } from "../../../schemas/mod.ts";

interface Context {
  bus: MemoryBus;
  bucket: Bucket;
  lost: [string, Problem["code"]][];
  store: RotationStore;
}
const test = suite<Context>("what is decided of rotations, in a bucket");
test.before.each(async (context) => {
  context.bus = memoryBus();
  context.bucket = await context.bus.bucket("record");
  context.lost = [];
  context.store = new RotationStore(context.bucket, (rotation, { code }) =>
    context.lost.push([rotation, code]),
  );
});
test.after.each(({ bus }) => bus.close());

const dns = "CustomizationRotation/default/dns";
const web = "CustomizationRotation/default/web";
const record: RotationRecord = { ...newRecord(["a", "b"]), current: "a" };
const broken = Buffer.from('{"record":{"curr');
const textOf = async (bucket: Bucket, key: string): Promise<string | undefined> => {
  const entry = await bucket.get(key);
  return entry && Buffer.from(entry.value).toString();
};

test("an entry that cannot be read is set aside, told once, and keeps no other from being claimed", async (context) => {
  const { store, bucket, lost } = context;
  await store.save(web, { record, term: 3, before: undefined });
  await bucket.put(`rotation.${dns}`, broken);
  const claimed = await store.claimAll(4);
  assert.instance(claimed, Map);
  if (typeof claimed === "number") return;
  assert.equal(claimed.get(web)?.record, record);
  assert.is(claimed.get(dns)?.record, undefined);
  assert.is(claimed.get(dns)?.term, 4);
  assert.equal(lost, [[dns, "rotation.lost"]]);
  assert.is(await textOf(bucket, `rotation-aside.${dns}`), broken.toString());
  const again = new RotationStore(bucket, () => assert.unreachable("it is told once"));
  assert.instance(await again.claimAll(5), Map);
});

test("what is set aside stays fenced: an older controller writes nothing in its place", async ({
  store,
  bucket,
}) => {
  const before = await store.save(dns, { record, term: 3, before: undefined });
  assert.is(before.kind, "stored");
  if (before.kind !== "stored") return;
  await bucket.put(`rotation.${dns}`, broken);
  await store.claimAll(4);
  const late = await store.save(dns, { record, term: 3, before: before.stored });
  assert.equal(late, { kind: "overtaken", term: 4 });
});

test("an entry that breaks while its writer leads is set aside when it writes next", async ({
  store,
  bucket,
  lost,
}) => {
  const first = await store.save(dns, { record, term: 3, before: undefined });
  if (first.kind !== "stored") return assert.unreachable();
  await bucket.put(`rotation.${dns}`, broken);
  const second = await store.save(dns, { record, term: 3, before: first.stored });
  assert.is(second.kind, "changed");
  assert.is(lost.length, 1);
  if (second.kind !== "changed") return;
  assert.is(second.stored.record, undefined);
  const third = await store.save(dns, { record, term: 3, before: second.stored });
  assert.is(third.kind, "stored");
});

test("a rotation that is deleted takes what was set aside with it", async ({ store, bucket }) => {
  await bucket.put(`rotation.${dns}`, broken);
  await store.claimAll(4);
  await store.delete(dns);
  assert.equal(await bucket.keys(), []);
});

test.run();

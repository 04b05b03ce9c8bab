import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bucket, memoryBus } from "../../../bus/mod.ts";
import type { ObjectStatus } from "../../../controller/mod.ts";
import { StatusStore } from "../../../controller/status/status-store.ts";
import { eventually } from "../../bus/eventually.ts";
import { silent } from "../fixtures.ts";

const statusOf = (object: string): ObjectStatus => ({
  object,
  hosts: { desired: 0, ready: 0 },
  conditions: [],
  problems: [],
});

async function wipe(bucket: Bucket): Promise<void> {
  for (const key of await bucket.keys()) await bucket.delete(key);
}

const holds = (bucket: Bucket, ...keys: string[]) =>
  eventually(async () => `${(await bucket.keys()).sort()}` === `${keys}`, `${keys} in the bucket`);

test("what a bucket has lost is written again, by who wrote it and by who found it there", async () => {
  const bucket = await memoryBus().bucket("status");
  const first = new StatusStore(bucket, silent, { compareEveryMs: 20 });
  first.setLeading(true);
  first.setObject("Rule/default/a", statusOf("Rule/default/a"));
  first.setObject("Rule/default/b", statusOf("Rule/default/b"));
  first.setObject("Rule/default/b", undefined);
  await holds(bucket, "object.Rule/default/a");
  await wipe(bucket);
  await holds(bucket, "object.Rule/default/a");
  await first.stop();
  const second = new StatusStore(bucket, silent);
  assert.is((await second.load()).objects.length, 1);
  await wipe(bucket);
  second.setLeading(true);
  await holds(bucket, "object.Rule/default/a");
  await second.stop();
});

test("who does not lead writes nothing of what was lost", async () => {
  const [leads, follows] = await Promise.all(["one", "other"].map((name) => memoryBus().bucket(name)));
  const stores = [leads!, follows!].map((bucket) => new StatusStore(bucket, silent, { compareEveryMs: 5 }));
  for (const store of stores) {
    store.setLeading(true);
    store.setObject("Rule/default/a", statusOf("Rule/default/a"));
  }
  await holds(follows!, "object.Rule/default/a");
  stores[1]!.setLeading(false);
  await wipe(follows!);
  for (let turn = 0; turn < 3; turn++) {
    await holds(leads!, "object.Rule/default/a");
    await wipe(leads!);
  }
  await Promise.all(stores.map((store) => store.stop()));
  assert.equal(await follows!.keys(), []);
});

test.run();

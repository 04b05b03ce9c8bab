import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Bucket } from "../../bus/mod.ts";
import { memoryBus } from "../../bus/mod.ts";
import { WriteBehind } from "../../controller/write-behind.ts";
import { silent } from "./fixtures.ts";

const soon = { timeoutMs: 5_000 };
const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A bucket that counts its writes, and refuses the first of them. */
async function flaky(refuse: number): Promise<{ bucket: Bucket; writes: string[] }> {
  const inner = await memoryBus().bucket("test");
  const writes: string[] = [];
  let left = refuse;
  const bucket = new Proxy(inner, {
    get(target, name) {
      if (name !== "put") return Reflect.get(target, name).bind(target);
      return async (key: string, value: Uint8Array) => {
        if (left-- > 0) throw new Error("refused");
        writes.push(`${key}=${Buffer.from(value)}`);
        return target.put(key, value);
      };
    },
  });
  return { bucket, writes };
}

test("of several values of a key only the newest is written", async () => {
  const { bucket, writes } = await flaky(0);
  const behind = new WriteBehind(bucket, silent);
  for (const text of ["1", "2", "3"]) behind.set("a", bytes(text));
  behind.setPaused(false);
  await behind.drained(soon);
  assert.equal(writes, ["a=3"]);
});

test("nothing is written while paused, and all of it afterwards", async () => {
  const { bucket, writes } = await flaky(0);
  const behind = new WriteBehind(bucket, silent);
  for (let at = 0; at < 50; at++) behind.set(`k${at}`, bytes("x"));
  await behind.drained(soon);
  assert.is(writes.length, 0);
  behind.setPaused(false);
  await behind.drained(soon);
  assert.is(writes.length, 50);
});

test("a write that fails is tried again, unless there is a newer value", async () => {
  const { bucket, writes } = await flaky(2);
  const behind = new WriteBehind(bucket, silent);
  behind.setPaused(false);
  behind.set("a", bytes("old"));
  behind.set("b", bytes("kept"));
  behind.set("a", bytes("new"));
  await behind.drained(soon);
  assert.equal(writes.sort(), ["a=new", "b=kept"]);
});

test("a bucket that takes nothing does not keep anybody waiting past their time", async () => {
  const { bucket, writes } = await flaky(1_000_000);
  const behind = new WriteBehind(bucket, silent);
  behind.setPaused(false);
  behind.set("a", bytes("1"));
  await behind.drained({ timeoutMs: 20 });
  behind.stop();
  assert.equal(writes, []);
});

test("what is deleted is gone", async () => {
  const { bucket } = await flaky(0);
  const behind = new WriteBehind(bucket, silent);
  behind.setPaused(false);
  behind.set("a", bytes("1"));
  await behind.drained(soon);
  behind.set("a", undefined);
  await behind.drained(soon);
  assert.equal(await bucket.keys(), []);
});

test.run();

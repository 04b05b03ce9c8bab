import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";

test("an engine's worker is in the namespace of the thread that started it, also the one after a fault", async () => {
  execFileSync("ip", ["netns", "add", "inner"]);
  const worker = new Worker(new URL("./nested.js", import.meta.url), {
    workerData: { namespace: "/run/netns/inner" },
  });
  const told = await new Promise<{ own: string; loop: string; refused: string; again: string }>(
    (resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    },
  );
  await worker.terminate();
  assert.is.not(told.own, readlinkSync("/proc/thread-self/ns/net"));
  assert.is(told.loop, told.own);
  assert.match(told.refused, /its limit is 30 ms/);
  assert.is(told.again, told.own);
});

test.run();

import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { setThreadNice, threadId, threadTimeMs } from "../../../daemon/linux/mod.ts";

test("a process's first thread has the process's id", () => {
  assert.is(threadId(), process.pid);
});

test("a thread's processor time grows while it works, and is unknown of a thread that is not there", () => {
  const now = () => threadTimeMs(threadId()) ?? Number.NaN;
  const before = now();
  let rounds = 0;
  while (now() <= before && rounds < 1e7) rounds++;
  assert.ok(now() > before);
  assert.is(threadTimeMs(0x7fff_fff0), undefined);
});

test("a thread's place in line is its own", () => {
  const niceOf = (task: string): string | undefined =>
    readFileSync(`/proc/self/task/${task}/stat`, "latin1").split(") ")[1]?.split(" ")[16];
  const own = `${threadId()}`;
  assert.ok(setThreadNice(1));
  assert.is(niceOf(own), "1");
  const others = readdirSync("/proc/self/task").filter((task) => task !== own);
  assert.ok(others.some((task) => niceOf(task) === "0"));
});

test.run();

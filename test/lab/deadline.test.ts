import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { deadline } from "../../lab/deadline.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done());
  });

test("a deadline comes, whatever garbage is collected meanwhile", async () => {
  const collecting = setInterval(collectGarbage, 5);
  await aborted(deadline(new AbortController().signal, 100).signal);
  clearInterval(collecting);
});

test("a deadline that was cleared does not come; the other signal still does", async () => {
  const other = new AbortController();
  const { signal, clear } = deadline(other.signal, 1);
  clear();
  await new Promise((done) => setTimeout(done, 5));
  assert.not(signal.aborted);
  other.abort();
  assert.ok(signal.aborted);
});

test.run();

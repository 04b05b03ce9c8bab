import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  assertAnswered,
  endDialect,
  example,
  folder,
  load,
  queries,
  rotation,
  watchWire,
} from "./dialect.ts";
import { Started } from "./started.ts";
import { until } from "./until.ts";

test.after(endDialect);

test("by its schedule it goes there and back, and all queries are answered", async () => {
  const copy = join(folder, "by-schedule");
  cpSync(example, copy, { recursive: true });
  const path = join(copy, "dialect.yaml");
  const often = { "every: 24h": "every: 3s", "jitter: 4h": "jitter: 0s", "overlap: 5s": "overlap: 300ms" };
  let text = readFileSync(path, "utf8");
  for (const [is, becomes] of Object.entries(often)) {
    assert.ok(text.includes(is));
    text = text.replace(is, becomes);
  }
  writeFileSync(path, text);
  const lab = new Started(["lab", copy]);
  await lab.says("dns ready: dns-tag is in force");
  const seen = await watchWire();
  assertAnswered(await load());
  const { history } = rotation();
  assert.ok(history.filter(({ cause, outcome }) => cause === "schedule" && outcome === "done").length >= 2);
  await until("all was captured", () => seen().length >= queries);
  assert.match(seen(), /^[tc]+$/, "never plain");
  assert.match(seen(), /tc+t|ct+c/, "there and back");
});

test.run();

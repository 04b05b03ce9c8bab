import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Cron, nextCron, parseCron } from "../../../schemas/mod.ts";

const nextAfter = (cron: string, after: string): string | undefined => {
  const at = nextCron(parseCron(cron) as Cron, Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

const table: [cron: string, after: string, next: string | undefined][] = [
  ["* * * * *", "2026-11-21T15:00:00Z", "2026-11-21T15:01"],
  ["* * * * *", "2026-11-21T15:00:59.999Z", "2026-11-21T15:01"],
  ["0 3 * * *", "2026-11-21T02:59:59Z", "2026-11-21T03:00"],
  ["0 3 * * *", "2026-11-21T03:00:00Z", "2026-11-22T03:00"],
  ["*/20 8-9 * * *", "2026-11-21T09:40:00Z", "2026-11-22T08:00"],
  ["59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59"],
  ["0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00"],
  ["0 0 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T00:00"],
  ["0 0 * * 0", "2026-11-21T00:00:00Z", "2026-11-22T00:00"],
  ["0 0 13 * 5", "2026-11-01T00:00:00Z", "2026-11-06T00:00"],
  ["0 0 13 * *", "2026-11-01T00:00:00Z", "2026-11-13T00:00"],
  ["0 0 30 2 *", "2026-11-01T00:00:00Z", undefined],
];

for (const [cron, after, next] of table) {
  test(`"${cron}" after ${after} is ${next ?? "never"}`, () => {
    assert.is(nextAfter(cron, after), next);
  });
}

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { EventLog, eventsMax, type FleetEvent } from "../../controller/events.ts";

const happened = (message: string) =>
  ({ type: "Normal", object: "Rule/d/r", reason: "Test", message }) as const;

test("the same thing again raises its count and makes it the newest", () => {
  const log = new EventLog(() => undefined);
  for (const message of ["a", "b", "a"]) log.add(happened(message));
  assert.equal(
    log.list().map(({ message, count }) => [message, count]),
    [
      ["b", 1],
      ["a", 2],
    ],
  );
});

test("only so many are kept, and who keeps them is told which went", () => {
  const dropped: string[] = [];
  const log = new EventLog((_, gone) => gone && dropped.push(gone.message));
  for (let at = 0; at <= eventsMax + 1; at++) log.add(happened(`${at}`));
  assert.is(log.list().length, eventsMax);
  assert.equal(dropped, ["0", "1"]);
});

test("a log goes on from what is known", () => {
  const first = new EventLog(() => undefined);
  first.add(happened("a"));
  const known = first
    .list()
    .map((event): FleetEvent => ({ ...event, firstTime: "2020-01-01T00:00:00.000Z" }));
  const second = new EventLog(() => undefined, known);
  second.add(happened("a"));
  assert.equal(
    second.list().map(({ count, firstTime }) => [count, firstTime]),
    [[2, "2020-01-01T00:00:00.000Z"]],
  );
});

test.run();

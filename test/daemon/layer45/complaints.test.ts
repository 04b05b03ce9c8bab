import { test } from "uvu";
import * as assert from "uvu/assert";
import { Complaints } from "../../../daemon/layer45/complaints.ts";

test("a reason is told once, and again after another", () => {
  const told: unknown[] = [];
  const drop = (): void => undefined;
  const warn = (fields: unknown, text: string): unknown => told.push([text, fields]);
  const complaints = new Complaints({ debug: drop, info: drop, warn, error: drop });
  for (const reason of ["full", "full", "gone", "full"]) complaints.tell("cannot hold it", reason);
  complaints.tell("cannot find it", "denied", { problem: 1 });
  assert.equal(told, [
    ["cannot hold it", { reason: "full" }],
    ["cannot hold it", { reason: "gone" }],
    ["cannot hold it", { reason: "full" }],
    ["cannot find it", { problem: 1 }],
  ]);
});

test.run();

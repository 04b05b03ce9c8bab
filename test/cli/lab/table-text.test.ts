import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LabPicture, tableText } from "../../../cli/lab/table-text.ts";

const status = (object: string, type: "Ready" | "Stalled" | "Reconciling", message: string) => ({
  object,
  hosts: { desired: 1, ready: 1 },
  problems: [],
  conditions: (["Ready", "Reconciling", "Stalled"] as const).map((each) => ({
    type: each,
    status: each === type ? ("True" as const) : ("False" as const),
    reason: "Test",
    message: each === "Ready" ? message : "",
    lastTransitionTime: "",
    observedRevision: "",
  })),
});
const picture: LabPicture = {
  title: "netloom lab",
  source: { location: "here", revision: "abc", conditions: [], problems: [] },
  objects: [
    status("Host/default/nas", "Ready", "1 of 1 ready"),
    status("Rule/default/ping", "Stalled", "gw refuses it"),
    status("Rule/default/wake", "Reconciling", "waiting for gw"),
  ],
  power: new Map([["default/nas", "asleep"]]),
  events: ["12:00:00  default/nas fell asleep"],
  hint: "Ctrl-C ends it",
};

test("the table has a row for each object, with what it waits for and who sleeps", () => {
  assert.equal(tableText(picture, { columns: 100, rows: 24 }), [
    "netloom lab",
    "source here  revision abc",
    "",
    "OBJECT             STATE          MESSAGE",
    "Host/default/nas   ready, asleep  1 of 1 ready",
    "Rule/default/ping  STALLED        gw refuses it",
    "Rule/default/wake  …              waiting for gw",
    "",
    "12:00:00  default/nas fell asleep",
    "Ctrl-C ends it",
  ]);
});

test("it fits its terminal, and says how much it left out", () => {
  const many = Array.from({ length: 100 }, (_, place) =>
    status(`Rule/default/r${place}`, "Ready", "1 of 1 ready"),
  );
  const lines = tableText({ ...picture, objects: many }, { columns: 30, rows: 20 });
  assert.ok(lines.length <= 20, `${lines.length} lines`);
  assert.ok(lines.every((line) => line.length <= 30));
  assert.ok(lines.includes("… and 89 more"), lines.join("\n"));
});

test.run();

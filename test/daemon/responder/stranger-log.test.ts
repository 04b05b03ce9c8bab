import { test } from "uvu";
import * as assert from "uvu/assert";
import { strangerLog } from "../../../daemon/responder/stranger-log.ts";
import { quiet } from "../fixture.ts";
import { until } from "../sleep/lan.ts";

test("warnings are bounded by the second, and how many were left out is said; nothing else is held back", async () => {
  const said: string[] = [];
  const note = (_: object, text: string): void => void said.push(text);
  const log = strangerLog({ ...quiet, warn: note, error: note });
  for (let count = 0; count < 1_000; count++) log.warn({}, "refused");
  assert.ok(said.length <= 21, `${said.length} lines`);
  log.error({}, "broken");
  assert.is(said.at(-1), "broken");
  await until("the next second", () => {
    log.warn({}, "refused");
    return said.includes("more refusals than are logged");
  });
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  flowKey,
  flowKeyBytes,
  splitRecord,
  splitRecordBytes,
} from "../../../../daemon/linux/split/split-record.ts";

test("counters lie where they are counted atomically, and nothing of a record lies over another thing", () => {
  const bytes = { packets: 8, settled: 8, cookie: 8, key: flowKeyBytes } as Record<string, number>;
  let end = 0;
  for (const [name, at] of Object.entries(splitRecord)) {
    const length = bytes[name] ?? 4;
    assert.ok(at >= end, name);
    assert.is(at % Math.min(length, 8), 0, name);
    end = at + length;
  }
  assert.ok(end <= splitRecordBytes);
  assert.is(splitRecordBytes % 8, 0);
  assert.is(flowKey.family + 4, flowKeyBytes);
});

test.run();

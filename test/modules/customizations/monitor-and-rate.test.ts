import { test } from "uvu";
import * as assert from "uvu/assert";
import { verdicts } from "../../../modules/mod.ts";
import { datagram, flowOf, runCustomization, StreamThrough } from "../run-customization.ts";

test("the monitor counts messages by size and direction, and changes none", () => {
  const guest = runCustomization("monitor");
  guest.openFlow(flowOf("UDP"));
  for (const length of [0, 64, 65, 512, 1500, 1501, 9001])
    assert.is(datagram(guest, "send", Buffer.alloc(length)), undefined);
  datagram(guest, "receive", Buffer.alloc(100));
  const report = guest.stateReport() as Record<string, number>;
  assert.equal(
    [report.flows, report.sent_messages, report.sent_bytes, report.sent_largest],
    [...[1, 7, 12_643, 9001]],
  );
  assert.equal(
    ["to_64", "to_512", "to_1500", "to_9000", "above"].map((size) => report[`sent_${size}`]),
    [2, 2, 1, 1, 1],
  );
  assert.equal([report.received_messages, report.received_to_512], [1, 1]);
});

test("a delay holds back each message at the end that it is for, and leaves it to the next module", () => {
  const flow = flowOf("UDP");
  const guest = runCustomization("rate-limit", { config: { delay: 50 } });
  guest.send(flow, Buffer.alloc(10), 0, 10);
  assert.equal([guest.answer.verdict, guest.answer.delayMs], [verdicts.notMine, 50]);
  guest.receive(flow, Buffer.alloc(10), 0, 10);
  assert.is(guest.answer.delayMs, 0);
  const receiver = runCustomization("rate-limit", { role: "receiver", config: { delay: 50 } });
  receiver.receive(flow, Buffer.alloc(10), 0, 10);
  assert.is(receiver.answer.delayMs, 50);
  assert.equal(receiver.stateReport(), { delayed: 1, delayed_ms: 50 });
});

test("a rate lets a burst pass, spreads what comes then, and each flow has its own", () => {
  let nowMs = 1000;
  const guest = runCustomization("rate-limit", {
    config: { rate: 10_000, burst: 2000 },
    nowMs: () => nowMs,
  });
  const flow = flowOf("UDP");
  const delay = (to = flow) => {
    guest.send(to, Buffer.alloc(1000), 0, 1000);
    return guest.answer.delayMs;
  };
  assert.equal([delay(), delay(), delay(), delay()], [0, 0, 0, 100]);
  assert.is(delay(flowOf("UDP")), 0);
  nowMs += 150;
  assert.is(delay(), 50);
  nowMs += 10_000;
  assert.equal([delay(), delay(), delay(), delay()], [0, 0, 0, 100], "no more than the burst is saved up");
});

test("a stream is let through in slices, and all of it", () => {
  let nowMs = 0;
  const guest = runCustomization("rate-limit", {
    config: { rate: 100_000, burst: 0 },
    nowMs: () => nowMs++,
  });
  const stream = new StreamThrough([guest], "send", flowOf("TCP"));
  const bytes = Buffer.alloc(100_000, 7);
  assert.equal(stream.push(bytes), bytes);
  assert.ok(Math.abs(stream.delayMs - 930) < 50, `${stream.delayMs} ms for the last slice`);
});

test("a configuration that says neither or both is refused", () => {
  for (const config of [{}, { rate: 1, delay: 1 }, { delay: -1 }, { delay: 60_001 }, { rate: 1, burst: -1 }])
    assert.throws(() => runCustomization("rate-limit", { config }));
});

test.run();

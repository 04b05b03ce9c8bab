import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, codecs, type HostReport, memoryBus, subjects } from "../../bus/mod.ts";
import { Reporter } from "../../daemon/reporter.ts";
import { eventually } from "../bus/eventually.ts";
import { host, quiet } from "./fixture.ts";

const hub = memoryBus();
let taken: HostReport[];
let reporter: Reporter;

/** Takes reports; refuses the first so many. */
function listen(bus: Bus, refusing = 0): () => void {
  let refused = 0;
  const subscription = bus.subscribe(subjects.anyReport, ({ payload, subject }) => {
    if (refused++ < refusing) throw new Error("not now");
    taken.push(codecs.hostReport.decode(payload, subject));
    return codecs.reportReply.encode({ kind: "ack" });
  });
  return () => subscription.unsubscribe();
}

const make = (sequence: number): HostReport => ({
  host,
  boot: "b",
  sequence,
  term: 1,
  capabilities: { kernel: "6", netloom: "0", interfaces: [], engines: [] },
  units: [],
});

test.before.each(() => {
  taken = [];
  reporter = new Reporter({ host, bus: hub, log: quiet, make });
});
test.after(() => hub.close());

test("many changes at once go into one report, which is the one that was announced", async () => {
  const deaf = listen(hub);
  assert.is(reporter.sequenceOfNow, 0);
  for (let change = 0; change < 100; change++) reporter.changed();
  assert.is(reporter.sequenceOfNow, 1);
  await eventually(() => taken.length > 0, "a report");
  assert.is(reporter.sequenceOfNow, 1, "nothing has changed since");
  await reporter.stop();
  assert.equal(
    taken.map(({ sequence }) => sequence),
    [1, 2],
    "the second is the last one",
  );
  deaf();
});

test("a report that nobody took is followed by a newer one until one is taken", async () => {
  reporter.changed();
  const isRefused = () => reporter.sequence >= 1 && reporter.sequenceOfNow === reporter.sequence + 1;
  await eventually(isRefused, "a try that finds nobody");
  const deaf = listen(hub, 1);
  await eventually(() => taken.length === 1, "a report that is taken");
  assert.ok((taken[0]?.sequence ?? 0) >= 3);
  await reporter.stop();
  deaf();
});

test("nothing is sent after the last report", async () => {
  const deaf = listen(hub);
  await reporter.stop();
  const { sequence } = reporter;
  reporter.changed();
  reporter.again();
  // Another that had its change later serves as the clock.
  const other = new Reporter({ host, bus: hub, log: quiet, make });
  const count = taken.length;
  other.changed();
  await eventually(() => taken.length > count, "the other's report");
  assert.is(reporter.sequence, sequence);
  await other.stop();
  deaf();
});

test.run();

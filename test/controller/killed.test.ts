import { test } from "uvu";
import * as assert from "uvu/assert";
import { memoryBus } from "../../bus/mod.ts";
import { Reconciler } from "../../controller/reconciler.ts";
import { isReady } from "../../controller/status/object-status.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { FakeSource } from "./fake-source.ts";
import { FakeLeadership, fleetYaml, modules, silent } from "./fixtures.ts";
import { Fuse } from "./fuse.ts";
import { until } from "./until.ts";
import { shortTimes } from "./world.ts";

/** More calls than a controller makes until its fleet is ready: the last rounds are those in which nothing happens to it. */
const callsMax = 60;

const bothActive = ["Host/default/nas active", "Rule/default/ping/nas active"];

test("a controller killed at any of its calls is followed by one that finishes, and says nothing twice that shows", async () => {
  let survived = 0;
  for (let calls = 1; calls <= callsMax; calls++) {
    const bus = memoryBus();
    const source = new FakeSource(fleetYaml(["nas"]));
    const daemon = new FakeDaemon(bus.join(), "default/gw");
    const start = (on: ReturnType<typeof bus.join>, term: number) =>
      Reconciler.start({
        source,
        bus: on,
        leadership: new FakeLeadership(term),
        modules,
        log: silent,
        times: shortTimes,
      });

    const fuse = new Fuse(bus.join(), calls);
    const killed = start(fuse.bus as never, 1);
    const reporting = setInterval(() => void daemon.report().catch(() => undefined), 50);
    let first: Reconciler | undefined;
    void killed.then((reconciler) => {
      first = reconciler;
    });
    await until("killed or done", () => fuse.isBurnt || isDone(first));
    if (!fuse.isBurnt) survived += 1;

    const second = await start(bus.join(), 2);
    await until(`done after a kill at call ${calls}`, () => isDone(second));
    clearInterval(reporting);
    assert.equal(
      daemon.model
        .list()
        .map(({ id, state }) => `${id} ${state}`)
        .sort(),
      bothActive,
    );
    const installs = daemon.batches.filter(({ term }) => term === 2).flatMap(({ commands }) => commands);
    if (!fuse.isBurnt) assert.equal(installs, [], "what is right is left alone");
    void first?.stop();
    daemon.stop();
    await second.stop();
    await bus.close();
  }
  assert.ok(survived > 0, "the last rounds go past the last call");
  assert.ok(survived < callsMax, "the first rounds do not");
});

const isDone = (reconciler: Reconciler | undefined): boolean => {
  const statuses = [...(reconciler?.board.list() ?? [])];
  return statuses.length === 3 && statuses.every(isReady);
};

test.run();

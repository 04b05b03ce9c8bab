import { test } from "uvu";
import * as assert from "uvu/assert";
import { Reconciler } from "../../controller/reconciler.ts";
import { isReady } from "../../controller/status/object-status.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { FakeSource } from "./fake-source.ts";
import { FakeLeadership, fleetYaml, modules, silent } from "./fixtures.ts";
import { until } from "./until.ts";

test("an outage of the bus tells nothing of the hosts, and what changed meanwhile is carried out at once afterwards", async () => {
  const nats = await NatsServer.start();
  const controllers = await nats.join();
  const hosts = await nats.join({ identity: { role: "host", host: "default/gw" } });
  const daemon = new FakeDaemon(hosts, "default/gw", { heartbeatMs: 100 });
  const source = new FakeSource(fleetYaml(["nas"]));
  const reconciler = await Reconciler.load({
    source,
    bus: controllers,
    leadership: new FakeLeadership(1),
    modules,
    log: silent,
    // A backoff that would be seen.
    times: { awayAfterMs: 500, backoffFirstMs: 30_000, backoffMaxMs: 60_000 },
  });
  await reconciler.start();
  try {
    const isAllReady = () =>
      [...reconciler.board.list()].length === 3 && [...reconciler.board.list()].every(isReady);
    await daemon.report();
    await until("all is ready", isAllReady);

    await nats.stop("SIGKILL");
    await until("the outage is noticed", () => !reconciler.isOnBus);
    const lostAt = performance.now();
    source.commit(fleetYaml(["nas"], { active: false }));
    await until("hosts would be away", () => performance.now() - lostAt > 1_000);
    assert.ok(isReady(reconciler.board.get("Host/default/gw")!), "nobody can tell");

    await nats.run();
    await until(
      "carried out",
      () => daemon.model.units.get("Rule/default/ping/nas")?.state === "installed",
      20_000,
    );
    await until("ready again", isAllReady);
  } finally {
    daemon.stop();
    await reconciler.stop();
    await controllers.close();
    await hosts.close();
    await nats.remove();
  }
});

test.run();

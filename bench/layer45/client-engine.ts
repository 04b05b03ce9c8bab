import { parentPort, workerData } from "node:worker_threads";
import { enterNetworkNamespace } from "../../daemon/linux/mod.ts";
import { RunningEngine, type UnitOptions } from "../../test/daemon/layer45/running-engine.ts";

/** The engine of the host that fetches: a thread in that host's network namespace. */
const { namespace, module, units } = workerData as {
  namespace: string;
  module: Uint8Array;
  units: UnitOptions[];
};
enterNetworkNamespace(namespace);
const engine = await new RunningEngine().start();
for (const unit of units) await engine.install(module, unit);
parentPort?.on("message", async () => {
  await engine.engine.stop();
  parentPort?.postMessage("stopped");
  parentPort?.close();
});
parentPort?.postMessage("ready");

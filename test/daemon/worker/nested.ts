/** A worker that enters a network namespace and runs an engine's worker from there; tells where that one is. */
import { readlinkSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { enterNetworkNamespace } from "../../../daemon/linux/mod.ts";
import { tinyEngine, tinyUnit } from "./tiny.ts";

const drop = (): void => undefined;
enterNetworkNamespace((workerData as { namespace: string }).namespace);
const engine = tinyEngine();
await engine.start({
  changed: drop,
  powered: drop,
  log: { debug: drop, info: drop, warn: drop, error: drop },
  artifact: async () => new Uint8Array(),
  secret: async () => new Uint8Array(),
});
const unit = tinyUnit("a");
await engine.install({ unit, priority: 1, artifacts: new Map() });
const loop = /net:\[\d+\]/.exec((await engine.challenge?.(unit.id, "")) ?? "")?.[0];

const bad = tinyUnit("a", { guest: "loop", when: "install" });
const refused = await engine.install({ unit: bad, priority: 1, artifacts: new Map() }).then(
  () => "not refused",
  (error: Error) => error.message,
);
const again = /net:\[\d+\]/.exec((await engine.challenge?.(unit.id, "")) ?? "")?.[0];
await engine.stop();
parentPort?.postMessage({ own: readlinkSync("/proc/thread-self/ns/net"), loop, refused, again });

import { MessageChannel } from "node:worker_threads";
import { connectMemoryBus } from "../../bus/mod.ts";
import { openSource, runController } from "../../controller/mod.ts";
import { FakeLeadership, modules, silent } from "./fixtures.ts";
import { shortTimes } from "./world.ts";

/**
 * A controller in a process of its own, with a real git source; it ends only by being killed. The frames of its bus go
 * through the channel to its parent. Arguments: location, folder, term.
 */
const [location = "", folder = "", term = ""] = process.argv.slice(2);
const { port1, port2 } = new MessageChannel();
port1.on("message", (frame) => process.send?.(frame));
process.on("message", (frame) => port1.postMessage(frame));

const source = openSource(location, { folder, pollIntervalMs: 300 });
await runController({
  source,
  bus: connectMemoryBus(port2),
  leadership: new FakeLeadership(Number(term)),
  modules,
  log: silent,
  times: shortTimes,
});

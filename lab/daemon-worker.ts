import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { type Bus, connectMemoryBus, natsBus } from "../bus/mod.ts";
import { enterNetworkNamespace } from "../daemon/linux/mod.ts";
import { describeHost, type Log, makeEngines, type ResponderOptions, startDaemon } from "../daemon/mod.ts";
import { type HostId, type Problem, problemOf } from "../schemas/mod.ts";
import type { WayToBus } from "./lab-bus.ts";
import { leadToSocket } from "./nats-bus.ts";

/** What the thread that is one host's daemon is given. */
export interface DaemonPlan {
  host: HostId;
  netns: string;
  stateDir: string;
  secretsDir?: string | undefined;
  /** Sleeping hosts have it as their proxy, and it hears them. */
  isProxy: boolean;
  version: string;
  bus: WayToBus;
}

export type FromDaemon =
  | { kind: "ready" }
  | { kind: "failed"; problem: Problem }
  | { kind: "stopped" }
  | { kind: "log"; level: keyof Log; fields: Record<string, unknown>; text: string };

export type ToDaemon = { kind: "stop" };

/** In the lab nobody can take another's address who could not do anything else as well. */
const responder: ResponderOptions = { listen: { address: "::", port: 9465 }, plain: true };

const port = parentPort!;
const tell = (message: FromDaemon): void => port.postMessage(message);
const logAt =
  (level: keyof Log): Log[keyof Log] =>
  (fields, text) =>
    tell({ kind: "log", level, fields: plain(fields), text });

const plan = workerData as DaemonPlan;
const { host, netns, stateDir, secretsDir, isProxy, version } = plan;
try {
  // From here on, sockets, processes and threads of this thread are the host's.
  enterNetworkNamespace(`/run/netns/${netns}`);
  const daemon = await startDaemon({
    host,
    bus: joinBus,
    stateDir,
    ...(secretsDir !== undefined && { secretsDir }),
    ...(isProxy && { responder }),
    // All hosts of a lab have one file system.
    engines: makeEngines({ plugins: { wireshark: join(stateDir, "plugins", "wireshark") } }),
    describeHost,
    version,
    log: { debug: logAt("debug"), info: logAt("info"), warn: logAt("warn"), error: logAt("error") },
  });
  port.on("message", async (_message: ToDaemon) => {
    await daemon.stop();
    tell({ kind: "stopped" });
  });
  tell({ kind: "ready" });
} catch (error) {
  tell({ kind: "failed", problem: problemOf(error) });
}

async function joinBus(signal: AbortSignal): Promise<Bus> {
  const onProblem = (problem: Problem): void => logAt("warn")({ problem }, "bus problem");
  if (plan.bus.kind === "memory") return connectMemoryBus(plan.bus.port, { onProblem });
  await leadToSocket(plan.bus.socketPath);
  return natsBus({ servers: plan.bus.url, identity: { role: "host", host }, signal, onProblem });
}

/** Fields as they can be sent to another thread; errors, which say little when cloned, as their text. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(fields, (_, value) => (value instanceof Error ? (value.stack ?? value.message) : value)),
  );
}

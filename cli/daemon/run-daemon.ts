import pino from "pino";
import {
  type Daemon,
  describeHost,
  type Log,
  makeEngines,
  serveStatus,
  startDaemon,
} from "../../daemon/mod.ts";
import { formatProblem, ProblemError } from "../../schemas/mod.ts";
import type { BusFlags } from "../client/bus-flags.ts";
import { connectBus } from "../client/connect-bus.ts";
import { firstSignal } from "../client/first-signal.ts";
import { ownVersion } from "../own-version.ts";

export interface DaemonFlags extends BusFlags {
  host: string;
  stateDir: string;
  secretsDir: string;
  metrics?: { address: string; port: number };
  logLevel: string;
}

/** Runs the daemon until a signal stops it; resolves to the exit status. */
export async function runDaemon(flags: DaemonFlags): Promise<number> {
  const log = pino({ level: flags.logLevel, base: { host: flags.host } }, pino.destination(2));
  const signalled = firstSignal();
  try {
    const daemon = await start(flags, log);
    try {
      const server = flags.metrics && (await serveStatus(() => daemon.status(), flags.metrics));
      if (server) log.info({ ...flags.metrics, port: server.port }, "serving metrics");
      log.info({ signal: await signalled }, "stopping");
      await server?.close();
    } finally {
      await daemon.stop();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`${formatProblem(error.problem)}\n`);
    return 2;
  }
}

function start(flags: DaemonFlags, log: Log): Promise<Daemon> {
  return startDaemon({
    host: flags.host,
    bus: (signal) =>
      connectBus(
        flags,
        { role: "host", host: flags.host },
        { signal, onProblem: (problem) => log.warn({ problem }, "bus problem") },
      ),
    stateDir: flags.stateDir,
    secretsDir: flags.secretsDir,
    engines: makeEngines(),
    describeHost,
    version: ownVersion(),
    log,
  });
}

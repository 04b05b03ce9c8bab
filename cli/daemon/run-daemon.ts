import { readFile } from "node:fs/promises";
import pino from "pino";
import {
  type Daemon,
  describeHost,
  type Log,
  makeEngines,
  type ResponderOptions,
  serveStatus,
  startDaemon,
} from "../../daemon/mod.ts";
import { fail, formatProblem, ProblemError } from "../../schemas/mod.ts";
import type { BusFlags } from "../client/bus-flags.ts";
import { connectBus } from "../client/connect-bus.ts";
import { firstSignal } from "../client/first-signal.ts";
import { ownVersion } from "../own-version.ts";

export interface DaemonFlags extends BusFlags {
  host: string;
  stateDir: string;
  secretsDir: string;
  plugins?: Record<string, string>;
  metrics?: { address: string; port: number };
  responder?: { address: string; port: number };
  responderCert?: string;
  responderKey?: string;
  responderCa?: string;
  responderPlain?: boolean;
  logLevel: string;
}

/** Runs the daemon until a signal stops it; resolves to the exit status. */
export async function runDaemon(flags: DaemonFlags): Promise<number> {
  // Not "host": lines name the host that they are about, and a key must not be there twice.
  const log = pino({ level: flags.logLevel, base: { daemon: flags.host } }, pino.destination(2));
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

async function start(flags: DaemonFlags, log: Log): Promise<Daemon> {
  const responder = await responderOf(flags);
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
    ...(responder && { responder }),
    engines: makeEngines({ plugins: flags.plugins ?? {} }),
    describeHost,
    version: ownVersion(),
    log,
  });
}

async function responderOf(flags: DaemonFlags): Promise<ResponderOptions | undefined> {
  const { responder: listen, responderCert, responderKey, responderCa, responderPlain } = flags;
  if (!listen) return undefined;
  const files = [responderCert, responderKey, responderCa];
  if (files.every((file) => file === undefined)) return { listen, plain: responderPlain === true };
  const [cert, key, ca] = await Promise.all(files.map(readPem));
  return { listen, tls: { cert: cert!, key: key!, ca: ca! } };
}

function readPem(file: string | undefined): Promise<Buffer> {
  if (file === undefined) fail("responder.tls-unusable", { reason: "one of the three files is not given" });
  return readFile(file).catch((error: Error) => fail("responder.tls-unusable", { reason: error.message }));
}

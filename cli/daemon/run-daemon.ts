import { readFileSync } from "node:fs";
import pino from "pino";
import { type Bus, type NatsAuth, natsBus } from "../../bus/mod.ts";
import {
  type Daemon,
  describeHost,
  type Log,
  makeEngines,
  serveStatus,
  startDaemon,
} from "../../daemon/mod.ts";
import { formatProblem, ProblemError } from "../../schemas/mod.ts";

export interface DaemonFlags {
  host: string;
  bus: string[];
  stateDir: string;
  secretsDir: string;
  nkey?: string;
  credentials?: string;
  user?: string;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
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
    bus: (signal) => connect(flags, { log, signal }),
    stateDir: flags.stateDir,
    secretsDir: flags.secretsDir,
    engines: makeEngines(),
    describeHost,
    version: ownVersion(),
    log,
  });
}

function connect(flags: DaemonFlags, { log, signal }: { log: Log; signal: AbortSignal }): Promise<Bus> {
  const { tlsCa: ca, tlsCert: cert, tlsKey: key } = flags;
  const auth = authOf(flags);
  return natsBus({
    servers: flags.bus.flatMap((urls) => urls.split(",")),
    identity: { role: "host", host: flags.host },
    ...(auth && { auth }),
    ...((ca || cert || key) && { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
    signal,
    onProblem: (problem) => log.warn({ problem }, "bus problem"),
  });
}

function authOf({ nkey, credentials, user }: DaemonFlags): NatsAuth | undefined {
  if (nkey) return { kind: "nkey", seedFile: nkey };
  if (credentials) return { kind: "credentials", file: credentials };
  // A password on the command line would be seen by every user of this machine.
  if (user) return { kind: "password", user, password: process.env.NETLOOM_PASSWORD ?? "" };
  return undefined;
}

/** Resolves at the first signal to stop; at the second, whoever sent it does not want to wait. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false;
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        if (seen) process.exit(130);
        seen = true;
        resolve(name);
      });
    }
  });
}

function ownVersion(): string {
  const url = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
}

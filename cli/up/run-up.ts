import { hostname } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { isHostId, type MemoryBus, memoryBus } from "../../bus/mod.ts";
import { openSource, runController, type Source } from "../../controller/mod.ts";
import { describeHost, type Log, makeEngines, startDaemon } from "../../daemon/mod.ts";
import { WorkerReader } from "../../middlebox/mod.ts";
import { fail, type HostId } from "../../schemas/mod.ts";
import { defaultServerAddress } from "../client/default-server-address.ts";
import { firstSignal } from "../client/first-signal.ts";
import { type SourceFlags, sourceOptions } from "../client/source-flags.ts";
import { ownVersion } from "../own-version.ts";
import { standardModules } from "../standard-modules.ts";

export interface UpFlags extends SourceFlags {
  host?: HostId;
  socket?: string;
  stateDir: string;
  secretsDir: string;
  logLevel: string;
}

/** Runs controller, bus and daemon until a signal stops them; resolves to the exit status. */
export async function runUp(location: string, flags: UpFlags): Promise<number> {
  const { host = ownHost() } = flags;
  const log = pino({ level: flags.logLevel, base: { daemon: host } }, pino.destination(2));
  const signalled = firstSignal();
  const bus = memoryBus({ onProblem: (problem) => log.warn({ problem }, "bus problem") });
  const source = openSource(location, {
    folder: join(flags.stateDir, "controller"),
    ...sourceOptions(flags),
  });
  const reader = new WorkerReader();
  try {
    const { ready, stop } = await start({ bus, source, reader, host, flags, log });
    await Promise.race([ready, signalled]);
    log.info({ signal: await signalled }, "stopping");
    // Closing ends a look that is still under way, which the controller would wait for.
    await Promise.all([source.close(), stop()]);
    return 0;
  } finally {
    await source.close();
    await bus.close();
    await reader.close();
  }
}

/** The daemon first, so that the controller finds it there; stopped the other way round. */
async function start(parts: {
  bus: MemoryBus;
  source: Source;
  reader: WorkerReader;
  host: HostId;
  flags: UpFlags;
  log: Log;
}) {
  const { bus, source, reader, host, flags, log } = parts;
  const { stateDir, secretsDir, socket } = flags;
  const version = ownVersion();
  const daemon = await startDaemon({
    host,
    bus: bus.join(),
    stateDir,
    secretsDir,
    engines: makeEngines(),
    describeHost,
    version,
    log,
  });
  try {
    const address = socket === undefined ? defaultServerAddress() : { kind: "socket" as const, path: socket };
    const modules = standardModules;
    const controller = await runController({ source, bus, modules, reader, log, version, serve: [address] });
    const stop = async () => {
      await controller.stop();
      await daemon.stop();
    };
    return { ready: controller.ready, stop };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** The Host that has this machine's name, in the default namespace; throws `host.unnamed`. */
function ownHost(): HostId {
  const name = hostname().split(".")[0]!.toLowerCase();
  const id = `default/${name}`;
  return isHostId(id) ? id : fail("host.unnamed", { name: hostname() });
}

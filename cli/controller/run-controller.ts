import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import pino from "pino";
import { type Bus, bucketLease, buckets, Elector } from "../../bus/mod.ts";
import {
  masterSecretOf,
  openSource,
  parseServerAddress,
  runController,
  type ServerAddress,
} from "../../controller/mod.ts";
import { WorkerReader } from "../../middlebox/mod.ts";
import type { Problem } from "../../schemas/mod.ts";
import type { BusFlags } from "../client/bus-flags.ts";
import { connectBus } from "../client/connect-bus.ts";
import { defaultServerAddress } from "../client/default-server-address.ts";
import { firstSignal } from "../client/first-signal.ts";
import { type SourceFlags, sourceOptions } from "../client/source-flags.ts";
import { ownVersion } from "../own-version.ts";
import { standardModules } from "../standard-modules.ts";

export interface ControllerFlags extends BusFlags, SourceFlags {
  socket?: string;
  listen?: string;
  stateDir: string;
  masterSecret?: string;
  allowEmpty?: boolean;
  progressDeadline: number;
  logLevel: string;
}

/** Where in the bucket `record` candidates agree on who leads. */
const leaseKey = "leader";

/** Runs a controller until a signal stops it; resolves to the exit status. */
export async function runControllerProcess(location: string, flags: ControllerFlags): Promise<number> {
  const log = pino({ level: flags.logLevel, base: null }, pino.destination(2));
  const onProblem = (problem: Problem): void => log.warn({ problem }, "bus problem");
  const serve = addressesOf(flags);
  const masterSecret =
    flags.masterSecret === undefined ? undefined : await masterSecretOf(flags.masterSecret);
  const source = openSource(location, { folder: flags.stateDir, ...sourceOptions(flags) });
  const signalled = firstSignal();
  const reader = new WorkerReader();
  const waiting = new AbortController();
  void signalled.then(() => waiting.abort());
  log.info({ bus: flags.bus }, "connecting to the bus");
  const bus = await connectBus(flags, { role: "controller" }, { signal: waiting.signal, onProblem });
  try {
    const leadership = await stand(bus, onProblem);
    const controller = await runController({
      source,
      bus,
      leadership,
      modules: standardModules,
      reader,
      ...(masterSecret && { masterSecret }),
      log,
      version: ownVersion(),
      times: { progressDeadlineMs: flags.progressDeadline },
      allowEmpty: flags.allowEmpty ?? false,
      serve,
    });
    await Promise.race([controller.ready, signalled]);
    log.info({ signal: await signalled }, "stopping");
    // Closing ends a look that is still under way, which the controller would wait for.
    await Promise.all([source.close(), controller.stop()]);
    return 0;
  } finally {
    await source.close();
    await bus.close();
    await reader.close();
  }
}

/** Stands for the lead, under a name that no other candidate and no earlier start of this one has. */
async function stand(bus: Bus, onProblem: (problem: Problem) => void): Promise<Elector> {
  const store = bucketLease(await bus.bucket(buckets.record), leaseKey);
  return Elector.start({ store, id: `${hostname().slice(0, 63)}-${randomUUID()}`, onProblem });
}

function addressesOf({ socket, listen }: ControllerFlags): ServerAddress[] {
  const own: ServerAddress = socket === undefined ? defaultServerAddress() : { kind: "socket", path: socket };
  return listen === undefined ? [own] : [own, parseServerAddress(listen)];
}

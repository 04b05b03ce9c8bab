/**
 * A controller and 1,000 simulated daemons with ten units each, over a real nats-server; simulated daemons live in a thread
 * of their own, the controller in this one, on the same machine.
 *
 * `converge.cold`: from starting a controller that finds a fleet with nothing on it, to every object observed as ready.
 * Baseline: the same commands to the same hosts, one request after another, each waiting for its answer (measured on some
 * of the hosts).
 *
 * `converge.change.p95`: one host's rule changes; from the new snapshot, to the host observed with it. Baseline: one request
 * to a host, its reply, and one write to a bucket seen by its watcher, with nothing read or decided.
 *
 * `converge.rollout`: a rule that every host has changes; to all hosts observed with it. Baseline as for `cold`.
 */
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { type Bus, type Command, codecs, natsBus, subjects } from "../bus/mod.ts";
import { isReady, type Reconciler, runController } from "../controller/mod.ts";
import { ObservedFleet } from "../controller/observed.ts";
import { NatsServer } from "../test/bus/nats-server.ts";
import { FakeSource, snapshotOf } from "../test/controller/fake-source.ts";
import { modules, silent } from "../test/controller/fixtures.ts";
import { until } from "../test/controller/until.ts";
import { everywhere, fileOf, fleetFiles, hostName, hostYaml } from "./converge/fleet-files.ts";
import { print } from "./figure.ts";

const hosts = 1_000;
const changes = 60;
const rollouts = 3;
const baselineHosts = 25;

const server = await NatsServer.start();
const bus = await natsBus({ servers: server.url, identity: { role: "controller" } });
const daemons = await startDaemons();
try {
  await measure();
} finally {
  await daemons.terminate();
  await bus.close();
  await server.remove();
}

async function measure(): Promise<void> {
  const files = Object.fromEntries(fleetFiles(hosts));
  const source = new FakeSource(files);
  const started = performance.now();
  const { reconciler, stop } = await runController({ source, bus, modules, log: silent });
  await until("the whole fleet is ready", () => isAllReady(reconciler), 120_000);
  const coldMs = performance.now() - started;

  const changeMs: number[] = [];
  for (let at = 0; at < changes; at++) {
    files[fileOf(at)] = hostYaml(at, 30_000 + at);
    changeMs.push(
      await converge(source, files, { reconciler, object: `Rule/default/${hostName(at)}-rule-0` }),
    );
  }
  const rolloutMs: number[] = [];
  for (let at = 0; at < rollouts; at++) {
    files["everywhere-0.yaml"] = everywhere(0, 40_000 + at);
    rolloutMs.push(await converge(source, files, { reconciler, object: "Rule/default/everywhere-0" }));
  }
  await stop();

  const roundTrips: number[] = [];
  for (let at = 0; at < changes; at++) roundTrips.push(await bareRoundTrip(at));
  const perHostMs = await sequentially();
  print({ bench: "converge.cold", value: coldMs, unit: "ms", baseline: perHostMs * 20 * hosts });
  print({
    bench: "converge.change.p95",
    value: quantile(changeMs, 0.95),
    unit: "ms",
    baseline: quantile(roundTrips, 0.95),
  });
  print({
    bench: "converge.change.p50",
    value: quantile(changeMs, 0.5),
    unit: "ms",
    baseline: quantile(roundTrips, 0.5),
  });
  print({
    bench: "converge.rollout",
    value: quantile(rolloutMs, 0.5),
    unit: "ms",
    baseline: perHostMs * hosts,
  });
}

function isAllReady({ board }: Reconciler): boolean {
  const statuses = [...board.list()];
  return statuses.length === hosts * 6 + 5 && statuses.every(isReady);
}

/** From handing over a snapshot to seeing that the object's new version is ready. */
async function converge(
  source: FakeSource,
  files: Record<string, string>,
  { reconciler, object }: { reconciler: Reconciler; object: string },
): Promise<number> {
  const snapshot = snapshotOf(files);
  const started = performance.now();
  const done = new Promise<number>((resolve) => {
    const stop = reconciler.watch((news) => {
      if (news.kind !== "object" || news.status.object !== object) return;
      if (news.status.revision !== snapshot.revision || !isReady(news.status)) return;
      stop();
      resolve(performance.now() - started);
    });
  });
  source.deliver(snapshot);
  return done;
}

async function bareRoundTrip(host: number): Promise<number> {
  const bucket = await bus.bucket("bench");
  const key = randomUUID();
  const started = performance.now();
  await ask(bus, `default/${hostName(host)}`, { id: key, verb: "report" });
  await new Promise<void>((seen) => {
    const watching = bucket.watch(
      async (event) => {
        if (event.kind === "synced") await bucket.put(key, Buffer.alloc(2_000));
        if (event.kind === "put") seen();
      },
      { key },
    );
    void watching;
  });
  return performance.now() - started;
}

/** Milliseconds for one command, when each waits for the one before. */
async function sequentially(): Promise<number> {
  const started = performance.now();
  for (let host = 0; host < baselineHosts; host++) {
    for (let command = 0; command < 20; command++) {
      await ask(bus, `default/${hostName(host)}`, { id: randomUUID(), verb: "report" });
    }
  }
  return (performance.now() - started) / (baselineHosts * 20);
}

async function ask(on: Bus, host: string, command: Command): Promise<void> {
  const batch = codecs.commandBatch.encode({ host, term: 2 ** 40, commands: [command] });
  await on.request(subjects.command(host), batch, { timeoutMs: 5_000 });
}

/** Resolves when every daemon has said what it has, which is nothing. */
async function startDaemons(): Promise<Worker> {
  const reports = { onReport: () => undefined, onHeartbeat: () => undefined };
  const observed = await ObservedFleet.start(bus, reports, silent);
  const worker = new Worker(new URL("./converge/simulated-daemons.js", import.meta.url), {
    workerData: { url: server.url, hosts, hostsPerConnection: 20 },
  });
  await new Promise<void>((reported, failed) => {
    worker.once("message", () => reported());
    worker.once("error", failed);
  });
  observed.stop();
  return worker;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number;
}

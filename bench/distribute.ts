/**
 * One module of 600 KB to many simulated devices, over a real nats-server: from the commit that brings it, to every device
 * having fetched and verified it, answered, and reported it active, as the controller's status says. Each device has a
 * connection of its own; they live in processes of their own, as many as there are processors.
 *
 * `distribute.N`: milliseconds for N devices, the median of several rounds. Baseline: NATS alone: the same bytes published once to the same N connections, each
 * of which answers when it has all. For 5,000, of which the server then cuts some off, it is the C program below.
 *
 * `distribute.nats.N`: that baseline. Its own: the same bytes written to N connections by a C program that does nothing else, over
 * the same loopback on the same processors.
 */
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { natsBus } from "../bus/mod.ts";
import { isReady, type News, type Reconciler, runController } from "../controller/mod.ts";
import { NatsServer } from "../test/bus/nats-server.ts";
import { FakeSource, snapshotOf } from "../test/controller/fake-source.ts";
import { modules, silent } from "../test/controller/fixtures.ts";
import { until } from "../test/controller/until.ts";
import { isAsked } from "./asked.ts";
import { compileC } from "./compile-c.ts";
import { bareAnswer, bareData, barePieceBytes, moduleBytes } from "./distribute/bare.ts";
import { customizationYaml, fleetFiles, modulePath, newModule } from "./distribute/fleet-files.ts";
import { print } from "./figure.ts";
import { median } from "./median.ts";

const sizes = [10, 50, 250, 1_000, 5_000];
/** Of a small fleet more: in the first rounds code is compiled and memory is new, which is not the fleet's. */
const roundsOf = (devices: number): number => (devices < 1_000 ? 7 : 3);
/** With more, what is published all at once is more than the server waits for its slowest connections. */
const bareDevicesMax = 1_000;
/** What is published to devices that fall behind too far is lost for them. */
const bareDeadlineMs = 60_000;
const customization = "Customization/default/dialect";

const folder = mkdtempSync(join(tmpdir(), "netloom-distribute-"));
const fanOut = compileC(folder, "tcp-fan-out");
const server = await NatsServer.start();
const bus = await natsBus({ servers: server.url, identity: { role: "controller" } });
const processes = startProcesses();
try {
  const source = new FakeSource(Object.fromEntries(fleetFiles(1)));
  const { reconciler, ready, stop } = await runController({ source, bus, modules, log: silent });
  await ready;
  for (const devices of sizes) {
    if (isAsked(`distribute.${devices}`) || isAsked(`distribute.nats.${devices}`))
      await measure(devices, { source, reconciler });
  }
  await stop();
} finally {
  for (const child of processes) child.kill("SIGKILL");
  await bus.close();
  await server.remove();
  rmSync(folder, { recursive: true });
}

async function measure(
  devices: number,
  { source, reconciler }: { source: FakeSource; reconciler: Reconciler },
): Promise<void> {
  const without = Object.fromEntries(fleetFiles(devices));
  source.commit(without);
  await Promise.all(processes.map((child) => grow(child, devices)));
  const took: number[] = [];
  for (let round = 0; round < roundsOf(devices); round++) {
    const module = newModule(moduleBytes);
    const snapshot = snapshotOf({ ...without, "dialect.yaml": customizationYaml, [modulePath]: module });
    const isDone = seen(reconciler, (news) => {
      if (news.kind !== "object" || news.status.object !== customization) return false;
      return news.status.revision === snapshot.revision && isReady(news.status);
    });
    const startedMs = performance.now();
    source.deliver(snapshot);
    await isDone;
    took.push(performance.now() - startedMs);
    source.commit(without);
    await until("no device has the module", () => isEmpty(reconciler), 120_000);
  }
  const value = median(took);
  const written = Number(execFileSync(fanOut, [String(devices), String(moduleBytes)]).toString());
  if (devices > bareDevicesMax) {
    print({ bench: `distribute.${devices}`, value, unit: "ms", baseline: written });
    return;
  }
  const published: number[] = [];
  for (let round = 0; round < roundsOf(devices); round++) published.push(await publishOnce(devices));
  const bare = median(published);
  print({ bench: `distribute.${devices}`, value, unit: "ms", baseline: bare });
  print({ bench: `distribute.nats.${devices}`, value: bare, unit: "ms", baseline: written });
}

/** Milliseconds from publishing the bytes to the last device's answer. */
async function publishOnce(devices: number): Promise<number> {
  const piece = new Uint8Array(barePieceBytes);
  const startedMs = performance.now();
  const answered = new Promise<void>((resolve) => {
    let left = devices;
    const answers = bus.subscribe(bareAnswer, () => {
      left -= 1;
      if (left > 0) return;
      answers.unsubscribe();
      resolve();
    });
  });
  for (let sent = 0; sent < moduleBytes; sent += barePieceBytes) bus.publish(bareData, piece);
  const late = setTimeout(() => failLate(devices), bareDeadlineMs);
  await answered;
  clearTimeout(late);
  return performance.now() - startedMs;
}

function failLate(devices: number): never {
  throw new Error(
    `not all of ${devices} devices answered within ${bareDeadlineMs} ms: the server cut some off`,
  );
}

function seen(reconciler: Reconciler, isIt: (news: News) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = reconciler.watch((news) => {
      if (!isIt(news)) return;
      stop();
      resolve();
    });
  });
}

function isEmpty({ fleet }: Reconciler): boolean {
  return [...fleet.hosts()].every(({ report, desired }) => !report?.units.length && desired.length === 0);
}

function startProcesses(): ChildProcess[] {
  const program = new URL("./distribute/simulated-devices.js", import.meta.url);
  const count = availableParallelism();
  return Array.from({ length: count }, (_, first) => fork(program, [server.url, `${first}`, `${count}`]));
}

/** Resolves when as many devices are there, and have reported. */
async function grow(child: ChildProcess, devices: number): Promise<void> {
  child.send(devices);
  await once(child, "message");
}

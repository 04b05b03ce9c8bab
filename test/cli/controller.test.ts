import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bus } from "../../bus/mod.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { FakeDaemon } from "../controller/fake-daemon.ts";
import { fleetYaml } from "../controller/fixtures.ts";
import { until } from "../controller/until.ts";

const main = resolve(import.meta.dirname, "../../cli/main.js");

interface Context {
  folder: string;
  nats: NatsServer;
  bus: Bus;
  daemon: FakeDaemon;
  children: ChildProcess[];
}

const test = suite<Context>("netloom controller");

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "netloom-controller-"));
  context.children = [];
  mkdirSync(join(context.folder, "fleet"));
  context.nats = await NatsServer.start();
  context.bus = await context.nats.join({ identity: { role: "host", host: "default/gw" } });
  context.daemon = new FakeDaemon(context.bus, "default/gw");
});

test.after.each(async ({ folder, nats, bus, daemon, children }) => {
  for (const child of children) child.kill("SIGKILL");
  daemon.stop();
  await bus.close();
  await nats.remove();
  rmSync(folder, { recursive: true });
});

function commit(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${path}.tmp`), text);
    renameSync(join(folder, `${path}.tmp`), join(folder, "fleet", path));
  }
}

function start({ folder, nats, children }: Context, name: string, more: string[] = []) {
  const socket = join(folder, name, "control.sock");
  const args = [main, "controller", join(folder, "fleet"), "--bus", nats.url, "--socket", socket, ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  const running = { child, socket, log: "" };
  child.stderr?.on("data", (chunk) => (running.log += chunk));
  return running;
}

const stateOf = ({ daemon }: Context): string | undefined =>
  daemon.model.units.get("Rule/default/ping/nas")?.state;

/** Until a controller is there to take it. */
function keepReporting({ daemon }: Context): () => void {
  const timer = setInterval(() => void daemon.report().catch(() => undefined), 100);
  return () => clearInterval(timer);
}

const rulesOf = (active: boolean) => fleetYaml(["nas"], { active });

test("a directory's objects reach a daemon over NATS; a second controller follows when the first is killed", async (context) => {
  commit(context.folder, rulesOf(true));
  const stopReporting = keepReporting(context);
  const first = start(context, "first");
  await until("active", () => stateOf(context) === "active", 20_000);
  stopReporting();
  const second = start(context, "second");
  await until("a follower", () => second.log.includes("another controller leads"), 20_000);
  first.child.kill("SIGKILL");
  commit(context.folder, rulesOf(false));
  await until("the follower acts", () => stateOf(context) === "installed", 30_000);
  const verbs = context.daemon.commands.map(({ verb }) => verb).filter((verb) => verb !== "report");
  assert.equal(verbs, ["install", "install", "activate", "activate", "deactivate"], "nothing twice");
});

test("it stops on a signal, leaves the fleet as it is, gives up the lead at once, and removes its socket", async (context) => {
  commit(context.folder, rulesOf(true));
  const stopReporting = keepReporting(context);
  const first = start(context, "first");
  await until("active", () => stateOf(context) === "active", 20_000);
  stopReporting();
  first.child.kill("SIGTERM");
  await until("its end", () => first.child.exitCode !== null, 20_000);
  assert.is(first.child.exitCode, 0, first.log);
  assert.is(stateOf(context), "active");
  const second = start(context, "first");
  await until("the lead", () => second.log.includes("this controller leads"), 20_000);
  const term = /"term":(\d+),"msg":"this controller leads"/;
  assert.ok(Number(term.exec(second.log)?.[1]) > Number(term.exec(first.log)?.[1]), "its term is newer");
});

test("it stops on a signal while the bus is gone, too", async (context) => {
  commit(context.folder, rulesOf(true));
  const stopReporting = keepReporting(context);
  const only = start(context, "only");
  await until("active", () => stateOf(context) === "active", 20_000);
  stopReporting();
  await context.nats.stop("SIGKILL");
  commit(context.folder, rulesOf(false));
  await until("the lead is lost", () => only.log.includes("another controller leads"), 20_000);
  only.child.kill("SIGTERM");
  await until("its end", () => only.child.exitCode !== null, 20_000);
  assert.is(only.child.exitCode, 0, only.log);
});

test("stopped while there is no bus yet, it says that it could not run, and why", async (context) => {
  await context.nats.stop("SIGKILL");
  const only = start(context, "only");
  await until("waiting", () => only.log.includes("connecting to the bus"), 20_000);
  only.child.kill("SIGTERM");
  await until("its end", () => only.child.exitCode !== null, 20_000);
  assert.is(only.child.exitCode, 2, only.log);
  assert.match(only.log, /netloom: Bus cannot be reached: .*CONNECTION_REFUSED/);
});

test("two at one socket is one too many", async (context) => {
  commit(context.folder, rulesOf(true));
  const first = start(context, "same");
  await until("serving", () => first.log.includes("serving the API"), 20_000);
  const second = start(context, "same");
  await until("its end", () => second.child.exitCode !== null, 20_000);
  assert.is(second.child.exitCode, 2);
  assert.match(second.log, /netloom: Cannot listen on .*: another controller serves there/);
});

test.run();

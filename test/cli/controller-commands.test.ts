import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isReady } from "../../controller/mod.ts";
import { problem } from "../../schemas/mod.ts";
import { fleetYaml } from "../controller/fixtures.ts";
import { rotationFiles } from "../controller/rotation/rotation-files.ts";
import { until } from "../controller/until.ts";
import { World } from "../controller/world.ts";

const main = resolve(import.meta.dirname, "../../cli/main.js");
const test = suite<{ world: World; folder: string; socket: string; children: ChildProcess[] }>(
  "commands to a controller",
);

test.before.each((context) => {
  context.world = new World();
  context.folder = mkdtempSync(join(tmpdir(), "netloom-cli-"));
  context.socket = join(context.folder, "control.sock");
  context.children = [];
});

test.after.each(async ({ world, folder, children }) => {
  for (const child of children) child.kill("SIGKILL");
  await world.end();
  rmSync(folder, { recursive: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function run(socket: string, args: string[]): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, NETLOOM_SERVER: socket },
    });
    const ran: Ran = { code: null, out: "", err: "" };
    child.stdout.on("data", (chunk) => (ran.out += chunk));
    child.stderr.on("data", (chunk) => (ran.err += chunk));
    child.on("close", (code) => done({ ...ran, code }));
  });
}

async function converged({ world, socket }: { world: World; socket: string }) {
  const gw = world.daemon();
  const controller = await world.controller({ serve: [{ kind: "socket", path: socket }] });
  await gw.report();
  const statuses = () => [...controller.reconciler.board.list()];
  await until("ready", () => statuses().length === 3 && statuses().every(isReady));
  return { gw, controller };
}

test("get prints a table of what there is", async (context) => {
  await converged(context);
  const { code, out } = await run(context.socket, ["get"]);
  assert.is(code, 0);
  assert.match(out, /^KIND +NAME +READY +STATUS +HOSTS +SINCE\n/);
  assert.match(out, /\nRule +ping +True +Converged +1\/1 +\d+s\n/);
  assert.is(stripVTControlCharacters(out), out, "colour is for terminals");
});

test("get takes kinds by short name, names, output forms, and another namespace has nothing", async (context) => {
  await converged(context);
  const of = (...args: string[]) => run(context.socket, ["get", ...args]);
  assert.is((await of("nlr", "-o", "name")).out, "rule/ping\n");
  assert.is(JSON.parse((await of("rules", "-o", "json")).out).items[0].name, "ping");
  assert.is(JSON.parse((await of("rule/ping", "-o", "json")).out).object.spec.sleepProxy.layer, "ICMP");
  assert.match((await of("rule", "ping", "-o", "yaml")).out, /\n {2}kind: Rule\n/);
  assert.match((await of("rule", "-A", "-o", "wide")).out, /NAMESPACE +NAME +READY.*REVISION +MESSAGE/);
  assert.equal(await of("rule/nobody"), {
    code: 1,
    out: "",
    err: "netloom: there is no Rule/default/nobody\n",
  });
  assert.is((await of("-n", "elsewhere")).err, "No objects found.\n");
  assert.is((await of("gadgets")).code, 2);
});

test("get --watch prints what there is, then what changes", async ({ world, folder, socket, children }) => {
  await converged({ world, socket });
  const child = spawn(process.execPath, [main, "get", "rule", "-w"], {
    env: { ...process.env, NETLOOM_SERVER: socket },
  });
  children.push(child);
  let out = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  const files = fleetYaml(["nas"]);
  const rules = files["rules.yaml"] ?? "";
  await until("the first table", () => /ping +True/.test(out));
  world.source.commit({ ...files, "rules.yaml": rules.replace("ICMP", "NOPE") });
  await until("the change", () => /ping +False +Invalid/.test(out));
  child.kill("SIGINT");
  await until("its end", () => child.exitCode !== null);
  assert.is(child.exitCode, 0, folder);
});

test("describe tells conditions, units and events of one object", async (context) => {
  await converged(context);
  const { out, code } = await run(context.socket, ["describe", "rule/ping"]);
  assert.is(code, 0);
  assert.match(out, /^Kind: +Rule\nName: +ping\n/);
  assert.match(out, / {2}Ready +True +Converged/);
  assert.match(out, / {2}default\/nas +default\/gw +Rule\/default\/ping\/nas +ready +active +100$/m);
  assert.match(out, / {2}sleepProxy:\n/);
  assert.match(out, /Normal +Converged/);
  assert.is((await run(context.socket, ["describe", "rule/none"])).code, 1);
});

test("describe prints what the controller says of an object as JSON and YAML", async (context) => {
  await converged(context);
  const [json, yaml] = await Promise.all(
    ["json", "yaml"].map((format) => run(context.socket, ["describe", "rule/ping", "-o", format])),
  );
  assert.is(json!.code, 0);
  const { name, units } = JSON.parse(json!.out);
  assert.equal([name, units.length], ["ping", 1]);
  assert.match(yaml!.out, /^name: ping$/m);
});

test("help shows times as they would be typed", async ({ socket }) => {
  assert.match((await run(socket, ["reconcile", "--help"])).out, /default: 1m/);
});

test("plan exits 0 with nothing to do and 1 with something, which it prints", async ({ world, socket }) => {
  const { gw } = await converged({ world, socket });
  const nothing = await run(socket, ["plan"]);
  assert.equal(nothing, { code: 0, out: "Nothing to do: every host has what it ought to have.\n", err: "" });
  world.leadership.set(undefined);
  gw.model.apply({ verb: "revoke", unit: "Rule/default/ping/nas" });
  await gw.report();
  const some = await run(socket, ["plan"]);
  assert.is(some.code, 1);
  assert.match(
    some.out,
    /^default\/gw\n {2}\+ install Rule\/default\/ping\/nas \(sleep, version [0-9a-f]{10}, priority 100\)\n/,
  );
  assert.match(some.out, /2 commands on 1 host\.\n$/);
  assert.is(JSON.parse((await run(socket, ["plan", "-o", "json"])).out).hosts[0].commands.length, 2);
});

test("plan does not call it a plan when nothing is known of what ought to be", async ({ world, socket }) => {
  world.source.latest = undefined;
  await world.controller({ serve: [{ kind: "socket", path: socket }] });
  const { code, out, err } = await run(socket, ["plan"]);
  assert.equal({ code, out }, { code: 2, out: "" });
  assert.match(err, /nothing is known of what ought to be/);
});

test("plan PATH tells what a directory would change on the hosts there are", async ({
  world,
  folder,
  socket,
}) => {
  await converged({ world, socket });
  const yaml = fleetYaml(["nas"], { active: false });
  for (const [path, text] of Object.entries(yaml)) writeFileSync(join(folder, path), text);
  const { out, code } = await run(socket, ["plan", folder, "-o", "json"]);
  assert.is(code, 1);
  const verbs = JSON.parse(out).hosts[0].commands.map(({ verb, unit }: { verb: string; unit: unknown }) => [
    verb,
    unit,
  ]);
  assert.ok(
    verbs.some(
      ([verb, unit]: [string, unknown]) => verb === "deactivate" && unit === "Rule/default/ping/nas",
    ),
    out,
  );
});

test("plan PATH tells everything that is wrong with a directory, and compares nothing", async ({
  world,
  folder,
  socket,
}) => {
  await converged({ world, socket });
  const files = fleetYaml(["nas"]);
  writeFileSync(join(folder, "hosts.yaml"), (files["hosts.yaml"] ?? "").replace("proxy: gw", "proxy: wg"));
  writeFileSync(join(folder, "rules.yaml"), (files["rules.yaml"] ?? "").replace("ICMP", "NOPE"));
  const { out, err, code } = await run(socket, ["plan", folder]);
  assert.equal({ out, code }, { out: "", code: 2 });
  assert.match(err, /netloom: hosts\.yaml:\d+:\d+: /);
  assert.match(err, /netloom: rules\.yaml:\d+:\d+: /);
});

test("events are printed oldest first, of one object when asked", async (context) => {
  const { gw } = await converged(context);
  gw.model.apply({ verb: "revoke", unit: "Rule/default/ping/nas" });
  await gw.report();
  await until("drift", () => gw.model.units.size === 2);
  const { out } = await run(context.socket, ["events", "--for", "rule/ping", "-o", "json"]);
  const reasons = JSON.parse(out).items.map(({ reason }: { reason: string }) => reason);
  assert.ok(reasons.includes("DriftCorrected"), out);
  assert.match(
    (await run(context.socket, ["events"])).out,
    /^LAST SEEN +TYPE +REASON +OBJECT +COUNT +MESSAGE\n/,
  );
});

test("reconcile --wait succeeds when all becomes ready, and fails with the reason when something cannot", async (context) => {
  const { world, socket } = context;
  const refuse = { now: false };
  const gw = world.daemon({
    refuse: (command) =>
      refuse.now && command.verb === "install"
        ? problem("unit.invalid", { unit: "x", reason: "no" })
        : undefined,
  });
  await world.controller({ serve: [{ kind: "socket", path: socket }] });
  await gw.report();
  const good = await run(socket, ["reconcile", "--wait"]);
  assert.is(good.code, 0, good.err);
  refuse.now = true;
  world.source.commit(fleetYaml(["nas", "nas2"]));
  const bad = await run(socket, ["reconcile", "--wait"]);
  assert.is(bad.code, 1);
  assert.match(bad.err, /Cannot install "x": no/);
});

test("top hosts, describe and metrics show how a host sleeps and what woke it", async (context) => {
  const { gw, controller } = await converged(context);
  const sleeper = gw.model.units.get("Host/default/nas");
  assert.ok(sleeper);
  sleeper.counters = {
    asleep: 1,
    asleep_seconds_total: 5400,
    counted_seconds_total: 7200,
    answered_total: 41,
    wakes_by_rule_total: 2,
    wakes_tcp_total: 2,
  };
  sleeper.wakes = [{ atMs: Date.now(), rule: "Rule/default/ping/nas", protocol: "TCP", peer: "10.0.0.9" }];
  const rule = gw.model.units.get("Rule/default/ping/nas");
  if (rule) rule.counters = { calls_total: 2 };
  await gw.report();
  const top = (...args: string[]) => run(context.socket, ["top", "hosts", ...args]);
  await until("the report is in", () => controller.reconciler.sleepers()[0]?.answered === 41);
  const { out } = await top();
  assert.match(out, /^HOST +POWER +ASLEEP +SHARE +ANSWERED +WAKES +SAVED +LAST WAKE\n/);
  assert.match(out, /\nnas +asleep +1h30m +75% +41 +2 +- +\d+s ago: ping for 10\.0\.0\.9\n$/);
  assert.match((await top("-o", "wide", "-A")).out, /\ndefault +nas .* gw +0 +0 +TCP 2\n$/);
  assert.is((await top("-n", "other")).err, "No hosts that may sleep found.\n");
  assert.is((await top("--sort", "colour")).code, 2);
  const described = (await run(context.socket, ["describe", "host/nas"])).out;
  assert.match(
    described,
    /Energy:\n +Power: +asleep\n +Proxy: +default\/gw\n +Asleep: +1h30m of 2h \(75%\)\n/,
  );
  assert.match(described, /Rule\/default\/ping\/nas +TCP +10\.0\.0\.9\n/);
  const metrics = await controller.reconciler.metrics.registry.metrics();
  assert.match(metrics, /^netloom_sleeper_asleep\{host="default\/nas"\} 1$/m);
  assert.match(metrics, /^netloom_sleeper_asleep_seconds_total\{host="default\/nas"\} 5400$/m);
  assert.match(metrics, /^netloom_sleeper_wakes_total\{host="default\/nas",cause="TCP"\} 2$/m);
  assert.match(
    metrics,
    /^netloom_sleeper_rule_wakes_total\{host="default\/nas",rule="Rule\/default\/ping\/nas"\} 2$/m,
  );
});

test("top customizations shows what each end does, and how much a second while it is watched", async (context) => {
  const { gw, controller } = await converged(context);
  const { world, socket, children } = context;
  assert.match((await run(socket, ["top", "customizations"])).err, /^No customizations .* found\.\n$/);
  const tag = `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {standard: icmp-echo}
  ends: [{role: sender, hosts: {matchNames: [gw]}, tap: {protocol: UDP, remote: {port: 53}}}]
`;
  world.source.commit({ ...fleetYaml(["nas"]), "tag.yaml": tag });
  const id = "Customization/default/tag/sender";
  await until("it is active", () => gw.model.units.get(id)?.state === "active");
  const unit = gw.model.units.get(id);
  assert.ok(unit);
  const tell = async (messages: number) => {
    unit.counters = {
      flows: 2,
      messages_out_total: messages,
      customized_total: 3,
      last_active_ms: Date.now(),
    };
    await gw.report();
    await until("the report is in", () => {
      const told = controller.reconciler.fleet.host("default/gw")?.report?.units;
      return told?.find((one) => one.id === id)?.counters?.messages_out_total === messages;
    });
  };
  await tell(100);
  const { out } = await run(socket, ["top", "customizations"]);
  assert.match(
    out,
    /^CUSTOMIZATION +HOST +END +LIFE +FLOWS +MESSAGES +A SECOND +CUSTOMIZED +DROPPED +LAST ACTIVE\n/,
  );
  assert.match(out, /\ntag +gw +sender +active +2 +100 +- +3 +0 +\d+s ago\n$/);
  assert.is((await run(socket, ["top", "customizations", "--sort", "asleep"])).code, 2);
  const child = spawn(process.execPath, [main, "top", "customizations", "--watch"], {
    env: { ...process.env, NETLOOM_SERVER: socket },
  });
  children.push(child);
  let watched = "";
  child.stdout.on("data", (chunk) => (watched += chunk));
  await until("it is shown", () => /active +2 +100 +- /.test(watched));
  await tell(100_000);
  await until("the rate is shown", () => /active +2 +100000 +[1-9]\d+ /.test(watched));
});

test("a controller that is not there is said in one line, with exit status 2", async ({ socket }) => {
  const { code, out, err } = await run(socket, ["get"]);
  assert.equal({ code, out }, { code: 2, out: "" });
  assert.match(err, /^netloom: Cannot reach a controller at .*: there is no socket; start one .*\n$/);
});

test("rotate moves the flows of a rotation, and rotation tells where it stands", async ({
  world,
  socket,
}) => {
  world.source.commit(rotationFiles());
  const hosts = ["default/client-1", "default/client-2", "default/server"];
  const daemons = hosts.map((host) => world.daemon({ host }));
  const { reconciler } = await world.controller({ serve: [{ kind: "socket", path: socket }] });
  for (const daemon of daemons) await daemon.report();
  const current = () => reconciler.rotations.get("CustomizationRotation/default/dns")?.record.current;
  await until("in force", () => current() === "tag");
  const plan = await run(socket, ["rotate", "dns", "--plan"]);
  assert.match(plan.out, /tag -> compress\n1\. deployReceivers .*; on default\/server\n2\. deploySenders/);
  assert.is(current(), "tag", "a plan does nothing");
  const refused = await run(socket, ["rotate", "dns", "--to", "tga"]);
  assert.is(refused.code, 2);
  assert.match(refused.err, /tga is none of tag, compress/);
  assert.is((await run(socket, ["rotate", "dns", "--to", "compress"])).code, 0);
  await until("moved", () => current() === "compress");
  const shown = await run(socket, ["rotation", "dns"]);
  assert.match(shown.out, /default\/dns: compress is in force/);
  assert.match(shown.out, /history .* tag -> compress \(manual\) done/);
  const value = JSON.parse((await run(socket, ["rotation", "dns", "-o", "json"])).out);
  assert.is(value.current, "compress");
  assert.is((await run(socket, ["rotation", "nothing"])).code, 2);
});

test.run();

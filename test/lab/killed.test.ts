import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, natsBus } from "../../bus/mod.ts";
import {
  announcePower,
  buildNetwork,
  type Member,
  planTopology,
  Sleepers,
  startWire,
  type Wire,
} from "../../lab/mod.ts";
import { folderWith, run, Started } from "./started.ts";
import { until } from "./until.ts";

/**
 * Bus, controller and daemon are real processes here, killed and started again. The daemon reaches the bus by a link of
 * its own beside the LAN: the server is on this sandbox's end of it.
 */
const server = "192.168.77.1";
const nas = "10.0.0.5";
const mac = "02:00:00:00:00:05";

const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, ${name === "nas" ? `mac: "${mac}", ` : ""}addresses: [${address}]}]
${more}---
`;
const rule = (name: string, sleepProxy: string, program: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ${name}}
spec:
  hosts: {matchNames: [nas]}
  sleepProxy: ${sleepProxy}
  program: ${program}
---
`;
const ping = (config = ""): string => rule("ping", "{layer: ICMP}", `{standard: icmp-echo${config}}`);
const repository = folderWith({
  "hosts.yaml":
    host("gw", "10.0.0.1/24") +
    host("nas", `${nas}/24`, "  sleep: {proxy: gw}\n") +
    host("pc", "10.0.0.9/24"),
  "ping.yaml": ping(),
  "wake.yaml": rule("wake", "{layer: TCP, port: 80}", "{standard: wake-on-tcp-syn}"),
});
const folder = folderWith({});
const api = `${folder}/control.sock`;

const wired = (name: string, address: string) => ({
  id: `default/${name}`,
  interfaces: [{ name: "eth0", addresses: [address], link: {}, ...(name === "nas" ? { mac } : {}) }],
  router: false,
});
const topology = planTopology([
  wired("gw", "10.0.0.1/24"),
  wired("nas", `${nas}/24`),
  wired("pc", "10.0.0.9/24"),
]);
const sleeping: Member = {
  id: "default/nas",
  netns: "nas",
  daemon: false,
  sleep: { proxy: "default/gw", macs: [mac] },
  asleep: false,
  run: [],
};

let wire: Wire;
let bus: Bus;
let sleepers: Sleepers;
let web: ChildProcess;
const changes: string[] = [];

type Victim = "bus" | "controller" | "daemon";
const victims: Victim[] = ["bus", "controller", "daemon"];
const running = new Map<Victim, { child: ChildProcess; output(): string }>();

function start(victim: Victim): void {
  const url = `nats://${server}:4222`;
  if (victim === "bus") {
    const words = ["-a", server, "-p", "4222", "-js", "-sd", `${folder}/nats`];
    running.set(victim, { child: spawn("nats-server", words, { stdio: "ignore" }), output: () => "" });
    return;
  }
  const started =
    victim === "controller"
      ? new Started([
          "controller",
          repository,
          "--socket",
          api,
          "--state-dir",
          `${folder}/c`,
          "--bus",
          url,
          "--log-level",
          "debug",
        ])
      : new Started(["daemon", "--host", "gw", "--state-dir", `${folder}/d`, "--bus", url], {}, "gw");
  running.set(victim, { child: started.process, output: () => started.output });
}

async function kill(victim: Victim): Promise<void> {
  const { child } = running.get(victim)!;
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

async function convergedAgain(): Promise<void> {
  await until(
    "the fleet has converged",
    () => {
      const { stdout } = run("get", "rules", "--server", api, "-o", "json");
      return stdout.split('"reason":"Converged"').length + stdout.split('"reason": "Converged"').length === 4;
    },
    60,
  );
}

function pings(count = 5): number {
  const words = ["--net=/run/netns/pc", "ping", "-q", `-c${count}`, "-i0.02", "-W1", nas];
  const { stdout } = spawnSync("nsenter", words, { encoding: "utf8" });
  return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
}

/** What the host's server says to pc. This thread is left to run the host, which has to wake meanwhile. */
async function fetched(): Promise<string> {
  const words = ["--net=/run/netns/pc", "socat", "-u", `TCP:${nas}:80,connect-timeout=20`, "-"];
  const child = spawn("nsenter", words, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const chunk of child.stdout) output += chunk;
  return output;
}

const accepts = (address: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, address, () => socket.destroy());
    socket.on("error", () => done(false)).on("close", (failed) => done(!failed));
  });

test.before(async () => {
  await buildNetwork(topology);
  const link = `link add bus0 type veth peer name bus1 netns gw
address add ${server}/24 dev bus0
link set bus0 up`;
  assert.is(spawnSync("ip", ["-batch", "-"], { input: link }).status, 0);
  const far = "address add 192.168.77.2/24 dev bus1\nlink set bus1 up\n";
  assert.is(spawnSync("ip", ["-n", "gw", "-batch", "-"], { input: far }).status, 0);
  start("bus");
  await until("the bus is there", () => accepts(server, 4222));
  start("daemon");
  start("controller");
  bus = await natsBus({ servers: `nats://${server}:4222`, identity: { role: "controller" } });
  sleepers = new Sleepers(
    [{ member: sleeping, wiring: topology.hosts.find(({ netns }) => netns === "nas")! }],
    {
      announce: (message) => announcePower(bus, message),
      password: async () => new Uint8Array(),
      freeze: () => undefined,
      changed: (_, state, cause) => changes.push(`${state} ${cause}`),
      onProblem: () => undefined,
    },
  );
  wire = await startWire(topology, {
    seed: 0,
    sleepers: [{ lan: "lan0", mac }],
    onMagic: (packet) => void sleepers.hear(packet),
    onFailure: (error) => assert.unreachable(error.message),
  });
  web = spawn("nsenter", [
    "--net=/run/netns/nas",
    "socat",
    "TCP-LISTEN:80,fork,reuseaddr",
    "SYSTEM:echo itself",
  ]);
  await convergedAgain();
});

test.after(async () => {
  sleepers.close();
  for (const { child } of running.values()) child.kill("SIGKILL");
  web.kill("SIGKILL");
  await Promise.race([bus.close(), new Promise((late) => setTimeout(late, 1_000))]);
  await wire.close();
});

/** Sends nas to sleep when it is awake; its proxy may still be on its way back. */
async function asleep(): Promise<void> {
  await until("nas is asleep", async () => {
    await sleepers.sleep("default/nas").catch(() => undefined);
    return sleepers.stateOf("default/nas") === "asleep";
  });
  await until("ping is answered for it", () => pings(1) === 1);
}

for (const victim of victims) {
  test(`${victim} killed while a host sleeps: what is in force stays, and nothing is installed again`, async () => {
    await asleep();
    await kill(victim);
    if (victim !== "daemon") assert.is(pings(), 5, "the daemon goes on by itself");
    const before = running.get("controller")!.output().length;
    start(victim);
    await until("ping is answered for it", () => pings(1) === 1);
    await convergedAgain();
    assert.is(pings(), 5);
    const log = running.get("controller")!.output();
    const since = victim === "controller" ? log : log.slice(before);
    assert.not.match(since, /"commands":\[[^\]]*install /);
    assert.is(sleepers.stateOf("default/nas"), "asleep");
  });

  test(`${victim} killed before a commit: the commit takes effect once it is back`, async () => {
    await asleep();
    await kill(victim);
    writeFileSync(`${repository}/ping.yaml`, ping(', config: {allow: ["10.0.0.77/32"]}'));
    start(victim);
    await until("the new version refuses pc", () => pings(1) === 0 && pings(3) === 0, 60);
    // It is the rule that refuses, not a daemon that is not there yet.
    await convergedAgain();
    assert.is(pings(), 0);
    writeFileSync(`${repository}/ping.yaml`, ping());
    await until("the version before answers it", () => pings(1) === 1, 60);
    await convergedAgain();
  });

  test(`${victim} killed and back: a connection wakes the host, once`, async () => {
    await asleep();
    await kill(victim);
    start(victim);
    await until("ping is answered for it", () => pings(1) === 1);
    const seen = changes.length;
    assert.is(await fetched(), "itself\n");
    await convergedAgain();
    assert.equal(changes.slice(seen), ["awake magic"]);
    // Its proxy has let go: nobody but the host itself answers, at its own MAC.
    const { stdout: neighbour } = spawnSync("ip", ["-n", "pc", "neighbour", "show", nas], {
      encoding: "utf8",
    });
    assert.match(neighbour, mac);
    await until("ping is answered by the host itself", () => pings() === 5);
  });
}

test.run();

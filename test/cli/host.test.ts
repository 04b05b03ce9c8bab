import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ResponderOptions } from "../../daemon/mod.ts";
import { sleepEngine } from "../../daemon/sleep/mod.ts";
import type { Unit } from "../../schemas/mod.ts";
import { Fixture } from "../daemon/fixture.ts";
import { Authority, type Certificate } from "../daemon/responder/authority.ts";
import { capture } from "../daemon/sleep/capture.ts";
import { hasTun } from "../daemon/sleep/has-tun.ts";
import { makeLan, onClient, plugHost, run, sleeperUnit, tryOnClient, until } from "../daemon/sleep/lan.ts";
import { isRootOfMachine } from "../root-of-machine.ts";

const program = resolve(import.meta.dirname, "../../cli/main.js");
const hookScript = resolve(import.meta.dirname, "../../../packaging/systemd/netloom-sleep");
const folder = mkdtempSync(join(tmpdir(), "netloom-host-"));
const port = 9465;
const authority = new Authority();
const stranger = new Authority();
const gateway = authority.issue("gw-1", ["gw-1.default.host.netloom"]);
const nas = authority.issue("nas", ["nas.default.host.netloom"]);
const selfService = { rulesMax: 2, moduleBytesMax: 16_384 };
const listen = { address: "10.9.0.2", port };
const tls: ResponderOptions = { listen, tls: authority.read(gateway) };
const world = new Fixture();

interface Client {
  write(text: string): void;
  said(): string;
}

interface Exit {
  status: number | null;
  text: string;
}

/** Runs `netloom host` on the host. */
function onHost(words: string[], flags: string[] = flagsOf(nas)): Promise<Exit> {
  const all = ["netns", "exec", "host", process.execPath, program, "host", ...words, ...flags];
  return spawned("ip", all);
}

/** As a host falls asleep: it is silent as soon as the proxy has taken over, for what it says much later counts as waking. */
function fallAsleep(...words: string[]): Promise<Exit> {
  const silent = '"$@" && ip -n switch link set to-host down';
  const sleep = [process.execPath, program, "host", "sleep", ...words, ...flagsOf(nas)];
  return spawned("ip", ["netns", "exec", "host", "sh", "-c", silent, "sh", ...sleep]);
}

function spawned(command: string, words: string[]): Promise<Exit> {
  const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (text += piece));
  return new Promise((done) => child.on("close", (status) => done({ status, text })));
}

function flagsOf({ cert, key }: Certificate, more: string[] = []): string[] {
  const by = ["--proxy-name", "gw-1", "--ca", authority.ca, "--cert", cert, "--key", key];
  return ["--proxy", "10.9.0.2", ...by, "--timeout", "10s", ...more];
}

const plain = ["--proxy", "10.9.0.2", "--plain", "--timeout", "10s"];

function rulesFile(name: string, rules: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(rules));
  return path;
}

const pingRule = { ICMP: { addresses: ["10.9.0.5/32"], standard: "icmp-echo" } };
const rules = rulesFile("rules.json", [pingRule]);

const answered = () => / 1 received/.test(tryOnClient("ping -c 1 -W 1 10.9.0.5"));
const ownUnits = () => world.daemon!.status().units.filter(({ id }) => id.startsWith("Self/"));

async function start(responder: ResponderOptions): Promise<void> {
  await world.stop();
  await world.start([sleepEngine()], undefined, { responder });
}

/** Declares the host, as a controller would. */
async function declare(unit: Unit): Promise<void> {
  const install = { verb: "install", unit, priority: 0 } as const;
  const activate = { verb: "activate", unit: unit.id, digest: unit.digest } as const;
  assert.equal(await world.codes(install, activate), ["ack", "ack"]);
}

/** It subscribes a rule that answers ping, and falls asleep. */
async function asleepWithPing(): Promise<void> {
  assert.equal(await onHost(["subscribe", folder]), { status: 0, text: "" });
  assert.equal(await fallAsleep(), { status: 0, text: "" });
}

test.before(() => makeLan());
// What the test before it left, or failed over, is nobody's concern.
test.before.each(async () => {
  plugHost("up");
  run("ip -n client neigh flush dev eth0");
  run("ip -n host addr replace 10.9.0.5/24 dev eth0");
  await start(tls);
  await declare(sleeperUnit({ selfService }));
  if (world.daemon!.status().asleep.length > 0) {
    assert.equal(await onHost(["wake"]), { status: 0, text: "" });
  }
});
test.after(async () => {
  for (const child of children) child.kill();
  await world.end();
  for (const one of [authority, stranger]) one.remove();
  rmSync(folder, { recursive: true });
});

test("a host subscribes its rules, says that it sleeps, and its proxy answers for it", async () => {
  await asleepWithPing();
  assert.equal(
    ownUnits().map(({ id, state, problem }) => [id, state, problem]),
    [["Self/default/nas/0", "active", undefined]],
  );
  assert.ok(answered());
});

if (hasTun()) {
  test("a host subscribes a rule that speaks on connections, and its health check is answered while it sleeps", async () => {
    const config = { paths: [{ path: "/healthz", body: "asleep and well\n" }] };
    const stream = { addresses: ["10.9.0.5/32"], port: 80, stream: true, config, standard: "http-health" };
    const withStream = rulesFile("stream.json", [{ TCP: stream }]);
    assert.equal(await onHost(["subscribe", withStream]), { status: 0, text: "" });
    assert.equal(await fallAsleep(), { status: 0, text: "" });
    assert.is(tryOnClient("curl -sm10 http://10.9.0.5/healthz"), "asleep and well\n");
  });
}

test("the subscription and the sleep outlive a restart of the daemon", async () => {
  await asleepWithPing();
  await start(tls);
  run("ip -n client neigh flush dev eth0");
  await until("an answer by the daemon started anew", answered);
});

test("a host that woke says so, and its proxy lets go", async () => {
  await asleepWithPing();
  plugHost("up");
  assert.equal(await onHost(["wake"]), { status: 0, text: "" });
  run("ip netns exec host sysctl -qw net.ipv4.icmp_echo_ignore_all=1");
  try {
    run("ip -n client neigh flush dev eth0");
    assert.not.ok(answered());
  } finally {
    run("ip netns exec host sysctl -qw net.ipv4.icmp_echo_ignore_all=0");
  }
  await until("the host itself answers", answered);
});

const settings = join(folder, "host.env");

function writeSettings(): void {
  writeFileSync(
    settings,
    [
      "NETLOOM_PROXY=10.9.0.2:9465",
      "NETLOOM_PROXY_NAME=default/gw-1",
      `NETLOOM_HOST_CA=${authority.ca}`,
      `NETLOOM_HOST_CERT=${nas.cert}`,
      `NETLOOM_HOST_KEY=${nas.key}`,
      `NETLOOM_COMMAND="${process.execPath} ${program}"`,
      `NETLOOM_SLEEP_OPTIONS="--rules ${rules} --timeout 10s"`,
      'NETLOOM_WAKE_OPTIONS="--timeout 10s"',
    ].join("\n"),
  );
}

test("systemd's sleep hook tells the proxy before and after, by what is in its file of settings", async () => {
  writeSettings();
  const hook = (...words: string[]) =>
    spawned("ip", ["netns", "exec", "host", "env", `NETLOOM_HOST_ENV=${settings}`, hookScript, ...words]);
  assert.equal(await hook("pre", "suspend"), { status: 0, text: "" });
  assert.equal(world.daemon!.status().asleep, ["default/nas"]);
  assert.equal(await hook("post", "suspend"), { status: 0, text: "" });
  assert.equal(world.daemon!.status().asleep, []);
  assert.is((await hook("during")).status, 1);
  const missing = await spawned("env", ["NETLOOM_HOST_ENV=/nowhere", hookScript, "pre", "suspend"]);
  assert.match(missing.text, /cannot read \/nowhere/);
  assert.is(missing.status, 1);
});

test("options come from a file of variables, too", async () => {
  writeSettings();
  const by = ["--settings", settings];
  const all = ["netns", "exec", "host", process.execPath, program, "host", ...by, "wake"];
  assert.equal(await spawned("ip", all), { status: 0, text: "" });
  const missing = await spawned(process.execPath, [program, "host", "--settings", "/nowhere", "wake"]);
  assert.match(missing.text, /Cannot read \/nowhere/);
  assert.is(missing.status, 1);
});

const children: ChildProcess[] = [];

function inside(namespace: string, code: string) {
  const words = ["netns", "exec", namespace, "python3", "-c", code];
  const child = spawn("ip", words, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** Joins 239.1.2.3 on the host until its input ends. */
const member = `
import socket, sys
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton("10.9.0.5"))
print("joined", flush=True)
sys.stdin.read()
`;
/** A general query of IGMPv3 that asks for reports within 100 ms. */
const query = `
import socket
one = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.1"))
one.sendto(bytes([0x11, 1, 0xee, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0]), ("224.0.0.1", 0))
`;

test("a host that sleeps stays a member of the groups it was in, as it says with its going to sleep", async () => {
  const child = inside("host", member);
  await new Promise((joined) => child.stdout.once("data", joined));
  assert.equal(await fallAsleep("--with", "igmp"), { status: 0, text: "" });
  const reports = await capture("client", "eth0", "igmp.type == 0x22 && ip.src == 10.9.0.5", ["igmp.maddr"]);
  await until("a report for the group", () => {
    onClient(`python3 -c '${query}'`);
    return reports.lines.some((line) => line.includes("239.1.2.3"));
  });
  await reports.stop();
  plugHost("up");
  child.kill();
  assert.is((await onHost(["wake"])).status, 0);
});

/** Echoes what comes over one connection. */
const echoServer = `
import socket
server = socket.create_server(("10.9.0.5", 7007))
print("listening", flush=True)
one, _ = server.accept()
while data := one.recv(100): one.sendall(data)
`;
/** A connection with keep-alives every second, three of which may be lost; sends a line of its input, prints the echo. */
const keptClient = `
import socket, sys
one = socket.create_connection(("10.9.0.5", 7007))
one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 3)):
    one.setsockopt(socket.IPPROTO_TCP, option, value)
for line in sys.stdin:
    one.sendall(line.encode())
    print(one.recv(100).decode(), end="", flush=True)
`;

async function counted(name: string): Promise<number> {
  await world.codes({ verb: "report" });
  return ownUnits()[0]?.counters?.[name] ?? 0;
}

/** Starts both ends of a connection, and ends them after `use`, which gets the client and what it has printed so far. */
async function withConnection(use: (client: Client) => Promise<void>): Promise<void> {
  const server = inside("host", echoServer);
  let client: ReturnType<typeof inside> | undefined;
  try {
    await new Promise((listens) => server.stdout.once("data", listens));
    client = inside("client", keptClient);
    let said = "";
    client.stdout.on("data", (text) => (said += text));
    const { stdin } = client;
    stdin.write("before\n");
    await until("an echo", () => said === "before\n");
    await use({ write: (text) => void stdin.write(text), said: () => said });
  } finally {
    for (const child of [client, server]) child?.kill();
  }
}

const keptOverSleep = async ({ write, said }: Client): Promise<void> => {
  assert.equal(await fallAsleep("--with", "tcp-connections"), { status: 0, text: "" });
  await until(
    "more keep-alives are answered than may be lost",
    async () => (await counted("answered_total")) > 3,
  );
  assert.is(await counted("wakes_total"), 0);
  write("after\n");
  await until("the proxy calls the host", async () => (await counted("wakes_total")) > 0);
  plugHost("up");
  assert.is((await onHost(["wake"])).status, 0);
  await until("the echo on the same connection", () => said() === "before\nafter\n");
};

/** The kernel lets nobody but root of the machine itself load the program that reads connections. */
const refusedToUsers = async ({ write, said }: Client): Promise<void> => {
  const { status, text } = await onHost(["sleep", "--with", "tcp-connections"]);
  assert.match(text, /bpf\(BPF_PROG_LOAD\)/);
  assert.is(status, 1);
  assert.equal(world.daemon!.status().asleep, []);
  write("after\n");
  await until("the echo on the same connection", () => said() === "before\nafter\n");
};

if (isRootOfMachine()) {
  test("a TCP connection outlives the sleep: keep-alives are answered, data wake the host, which goes on with it", () =>
    withConnection(keptOverSleep));
} else {
  test("who may not read the kernel's connections is told so, and nothing sleeps", () =>
    withConnection(refusedToUsers));
}

const refusals: [string, () => { words: string[]; flags?: string[] }, RegExp][] = [
  [
    "a certificate of another host",
    () => ({ words: ["sleep"], flags: flagsOf(authority.issue("pc", ["pc.default.host.netloom"])) }),
    /does not name the Host with this MAC address/,
  ],
  [
    "a certificate that has the name as common name only",
    () => ({
      words: ["sleep"],
      flags: flagsOf(authority.issue("cn", [], { commonName: "nas.default.host.netloom" })),
    }),
    /does not name the Host/,
  ],
  [
    "a certificate with a wildcard",
    () => ({ words: ["sleep"], flags: flagsOf(authority.issue("any", ["*.default.host.netloom"])) }),
    /does not name the Host/,
  ],
  [
    "a certificate of an unknown authority",
    () => ({ words: ["sleep"], flags: flagsOf(stranger.issue("nas", ["nas.default.host.netloom"])) }),
    /its certificate is not valid here/,
  ],
  [
    "an expired certificate",
    () => ({
      words: ["sleep"],
      flags: flagsOf(authority.issue("old", ["nas.default.host.netloom"], { days: -1 })),
    }),
    /CERT_HAS_EXPIRED/,
  ],
  [
    "another host's MAC address",
    () => {
      run("ip -n host link add other type bridge; ip -n host link set other address 02:00:00:00:00:77 up");
      return { words: ["sleep"], flags: flagsOf(nas, ["--interface", "other"]) };
    },
    /Cannot act for 02:00:00:00:00:77/,
  ],
  [
    "a rule for another host's address",
    () => {
      const foreign = [{ ICMP: { addresses: ["10.9.0.1/32"], standard: "icmp-echo" } }];
      return { words: ["subscribe", rulesFile("foreign.json", foreign)] };
    },
    /10\.9\.0\.1\/32 is no address of default\/nas/,
  ],
  [
    "a rule for a whole network",
    () => {
      const wide = [{ ICMP: { addresses: ["10.9.0.0/24"], standard: "icmp-echo" } }];
      return { words: ["subscribe", rulesFile("wide.json", wide)] };
    },
    /10\.9\.0\.0\/24 is no address of default\/nas/,
  ],
  [
    "more rules than are allowed",
    () => ({ words: ["subscribe", rulesFile("many.json", [pingRule, pingRule, pingRule])] }),
    /the number of rules is 3; the limit is 2/,
  ],
  [
    "a module larger than is allowed",
    () => {
      writeFileSync(join(folder, "big.wasm"), new Uint8Array(2 ** 20));
      const big = [{ ICMP: { addresses: ["10.9.0.5/32"], module: "big.wasm" } }];
      return { words: ["subscribe", rulesFile("big.json", big)] };
    },
    /the size of rule 0 in bytes is 1048576; the limit is 16384/,
  ],
  [
    "a module that is none",
    () => {
      writeFileSync(join(folder, "none.wasm"), "none");
      const none = [pingRule, { ICMP: { addresses: ["10.9.0.5/32"], module: "none.wasm" } }];
      return { words: ["subscribe", rulesFile("none.json", none)] };
    },
    /Cannot load module "rule 1"/,
  ],
  [
    "a rule whose program refuses its config",
    () => {
      const addresses = ["10.9.0.5/32"];
      const config = { connections: 7 };
      const wrong = [pingRule, { TCP: { addresses, config, standard: "tcp-keeper" } }];
      return { words: ["subscribe", rulesFile("wrong.json", wrong)] };
    },
    /"connections" should be a list/,
  ],
];
for (const [what, make, expected] of refusals) {
  test(`refused, and nothing is changed by it: ${what}`, async () => {
    if (ownUnits().length !== 1) assert.is((await onHost(["subscribe", rules])).status, 0);
    const before = ownUnits().map(({ digest }) => digest);
    const { words, flags } = make();
    const { status, text } = await onHost(words, flags);
    assert.match(text, expected);
    assert.is(status, 3);
    assert.equal(
      ownUnits().map(({ digest }) => digest),
      before,
    );
    assert.equal(world.daemon!.status().asleep, []);
  });
}

test("a proxy whose certificate is not that of the host it should be is not trusted", async () => {
  const { status, text } = await onHost(["sleep"], flagsOf(nas, ["--proxy-name", "gw-2"]));
  assert.match(text, /Cannot trust the proxy/);
  assert.is(status, 3);
});

test("another subscription takes the place of the first, and unsubscribing removes it", async () => {
  const two = rulesFile("two.json", [
    { UDP: { addresses: ["10.9.0.5/32"], port: 7, standard: "udp-echo" } },
    pingRule,
  ]);
  assert.is((await onHost(["subscribe", rules])).status, 0);
  const before = ownUnits().map(({ id }) => id);
  assert.is(before.length, 1);
  assert.is((await onHost(["subscribe", two])).status, 0);
  const after = ownUnits().map(({ id }) => id);
  assert.is(after.length, 2);
  assert.not(after.some((id) => before.includes(id)));
  assert.is((await onHost(["unsubscribe"])).status, 0);
  assert.equal(ownUnits(), []);
});

test("what a host subscribed goes when its declaration does not allow it any more; it may still sleep", async () => {
  assert.is((await onHost(["subscribe", rules])).status, 0);
  await declare(sleeperUnit({ selfService: false }));
  assert.equal(ownUnits(), []);
  const { status, text } = await onHost(["subscribe", rules]);
  assert.match(text, /default\/nas may not subscribe rules of its own/);
  assert.is(status, 3);
  assert.is((await onHost(["sleep"])).status, 0);
  assert.is((await onHost(["wake"])).status, 0);
});

test("a host that is not declared any more is refused", async () => {
  assert.equal(await world.codes({ verb: "revoke", unit: "Host/default/nas" }), ["ack"]);
  const { status, text } = await onHost(["sleep"]);
  assert.match(text, /this proxy does not stand in for it/);
  assert.is(status, 3);
});

test("without TLS a proxy serves nobody but itself, unless it is told to", async () => {
  try {
    await start({ listen });
    assert.unreachable("it serves");
  } catch (error) {
    assert.match((error as Error).message, /without TLS on 10\.9\.0\.2/);
  }
  await start({ listen, plain: true });
  await declare(sleeperUnit());
  assert.equal(await onHost(["sleep"], plain), { status: 0, text: "" });
  assert.equal(await onHost(["wake"], plain), { status: 0, text: "" });
});

test("without TLS a host is known by its address, and no other can speak for it", async () => {
  await start({ listen, plain: true });
  run("ip -n host addr del 10.9.0.5/24 dev eth0; ip -n host addr add 10.9.0.6/24 dev eth0");
  const { status, text } = await onHost(["sleep"], plain);
  assert.match(text, /10\.9\.0\.6 is not the address of the Host/);
  assert.is(status, 3);
});

test("a proxy that is not there is said to be out of reach, after several attempts", async () => {
  await world.stop();
  const { status, text } = await onHost(["sleep"], [...plain.slice(0, 3), "--timeout", "1s"]);
  assert.match(text, /Cannot reach the proxy at 10\.9\.0\.2 port 9465: connect ECONNREFUSED/);
  assert.is(status, 2);
});

test.run();

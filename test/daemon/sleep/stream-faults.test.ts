import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import type { Unit } from "../../../schemas/mod.ts";
import { buildText } from "../../modules/build-text.ts";
import { wat } from "../../modules/wat.ts";
import { capture } from "./capture.ts";
import { hasTun } from "./has-tun.ts";
import {
  counter,
  fallAsleep,
  installRule,
  installSleeper,
  onLan,
  plugHost,
  type RuleOptions,
  run,
  sleeperUnit,
  untilCounter,
} from "./lan.ts";
import { runIn, runUntilReady } from "./running.ts";
import { until } from "./until.ts";

let engine: Engine;
const testStreams = hasTun() ? test : () => undefined;
onLan(test, async (started) => {
  engine = started;
  await installSleeper(engine);
});
test.after.each(() => {
  assert.not.match(run("nft list tables; ip rule; ip -6 rule; ip -br link"), /netloom|lookup 100|wire/);
});

/** Sends back whatever comes; on "wake" and what follows it hands over. */
const echo = await buildText(
  `import { isText, StreamActions } from "netloom";
  export { allocate, configure, deallocate } from "netloom";
  const actions = new StreamActions(70000);
  export function stream_data(connection: u32, message: usize): usize {
    actions.begin();
    const length = load<u32>(message);
    if (isText(message + 4, message + 8, "wake")) actions.handOver(connection, message + 4, length);
    else actions.send(connection, message + 4, length);
    return actions.finish();
  }`,
  "ts",
);

/** A rule in module text: what stream_data does, with the connection in $c and the block in $in. */
const speaking = (data: string, more = ""): Uint8Array =>
  wat(`(module
    (memory (export "memory") 4)
    (func (export "allocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32))
    (func (export "stream_data") (param $c i32) (param $in i32) (result i32) ${data})
    ${more})`);

const stream = (name: string, program: Uint8Array, port: number): RuleOptions => ({
  name,
  program,
  port,
  layer: "TCP",
  stream: true,
});
const problemOf = (unit: Unit) => engine.observe().find(({ id }) => id === unit.id)?.problem;
const preamble = `
import socket, struct, sys, threading, time
def connect(port, host="10.9.0.5"):
    s = socket.create_connection((host, port), 10); s.settimeout(20); return s
def read_all(s):
    parts = []
    while True:
        part = s.recv(65536)
        if not part: return b"".join(parts)
        parts.append(part)
def outcome(work):
    try: return work()
    except (ConnectionResetError, BrokenPipeError): return "reset"
    except socket.timeout: return "timeout"
def say(*words): print(*words, flush=True)
`;
const echoServer = `${preamble}
listener = socket.create_server(("", 7)); say("listening")
while True:
    s, _ = listener.accept()
    while part := s.recv(65536): s.sendall(part)
    s.close()`;
/** Runs Python on a machine until it says "done", and answers what it said before. */
async function python(code: string, machine = "client"): Promise<string[]> {
  const made = runIn(machine, "python3", "-c", `${preamble}${code}\nsay("done")`);
  await until("the client is done", () => /done\n$/.test(made.output) || made.errors.includes("Error"));
  assert.is(made.errors, "");
  await made.stop();
  return made.output.split("\n").slice(0, -2);
}

if (!hasTun()) {
  test("without /dev/net/tun each rule with streams is refused, and nothing of it is left", async () => {
    for (const port of [7, 8]) {
      const refused = installRule(engine, stream("echo", echo, port)).then(() => "", String);
      assert.match(await refused, /TCP streams: open\(\/dev\/net\/tun\): E/);
    }
  });
}

testStreams(
  "megabytes come back as they went, though the peer does not read until it cannot write",
  async () => {
    await installRule(engine, stream("echo", echo, 7));
    await fallAsleep(engine);
    const said = await python(`
data = bytes(range(256)) * 65536
s = connect(7)
s.settimeout(2)
sent = 0
try:
    while sent < len(data): sent += s.send(data[sent:sent + 65536])
except socket.timeout: pass
say("blocked", sent < len(data))
s.settimeout(20)
threading.Thread(target=lambda: (s.sendall(data[sent:]), s.shutdown(socket.SHUT_WR))).start()
say("same", read_all(s) == data)`);
    assert.equal(said, ["blocked True", "same True"]);
  },
);

testStreams("an end that is sent with a question still gets the answer, and a reset ends all", async () => {
  const rule = await installRule(engine, stream("echo", echo, 7));
  await fallAsleep(engine);
  const said = await python(`
for address in ("10.9.0.5", "fd09::5"):
    s = connect(7, address); s.sendall(b"hello"); s.shutdown(socket.SHUT_WR); say(read_all(s).decode())
s = connect(7); s.sendall(b"x"); s.recv(1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()`);
  assert.equal(said, ["hello", "hello"]);
  await untilCounter(engine, rule, "connections", (value) => value === 0);
  assert.is(counter(engine, rule, "connections_total"), 3);
});

testStreams(
  "connections over the bound are reset, those below it work, and there is room again afterwards",
  async () => {
    const rule = await installRule(engine, stream("echo", echo, 7));
    await fallAsleep(engine);
    const said = await python(`
def ask(s):
    s.sendall(b"x"); return s.recv(1).decode()
def open_one():
    s = connect(7); return s, ask(s)
all = [outcome(open_one) for _ in range(300)]
say(sum(1 for one in all if one[1] == "x"), all.count("reset"))
del all
for _ in range(100):
    answer = outcome(lambda: open_one()[1])
    if answer == "x": break
    time.sleep(0.05)
say(answer)`);
    assert.equal(said, ["128 172", "x"]);
    assert.is(problemOf(rule), undefined);
  },
);

const faulty: [what: string, program: Uint8Array][] = [
  ["traps", speaking("unreachable")],
  ["answers from outside its memory", speaking("(i32.const -1)")],
  ["answers an opcode that is none", speaking("(i32.store8 (i32.const 8) (i32.const 2)) (i32.const 8)")],
];
for (const [what, program] of faulty) {
  testStreams(
    `a program that ${what} loses its connections, is stopped after five times, and its neighbour goes on`,
    async () => {
      const bad = await installRule(engine, stream("bad", program, 9));
      await installRule(engine, stream("echo", echo, 7));
      await fallAsleep(engine);
      const said = await python(`
other = connect(7); other.sendall(b"a"); other.recv(1)
def ask():
    s = connect(9); s.sendall(b"x"); return read_all(s)
for _ in range(5): say(outcome(ask))
other.sendall(b"still"); say(other.recv(9).decode())`);
      assert.equal(said, ["reset", "reset", "reset", "reset", "reset", "still"]);
      await until("it is faulted", () => problemOf(bad)?.code === "unit.faulted");
    },
  );
}

testStreams(
  "a program that loops for ever is stopped, and its neighbour accepts connections again",
  async () => {
    const bad = await installRule(engine, stream("bad", speaking("(loop $l (br $l)) (i32.const 0)"), 9));
    const good = await installRule(engine, stream("echo", echo, 7));
    await fallAsleep(engine);
    await python(`connect(9).sendall(b"x")`);
    await until("it is faulted", () => problemOf(bad)?.code === "unit.faulted");
    assert.equal(await python(`s = connect(7); s.sendall(b"again"); say(s.recv(9).decode())`), ["again"]);
    assert.is(problemOf(good), undefined);
  },
);

testStreams("a program cannot speak on a connection that is not its own", async () => {
  // Resets connection 1, which is the neighbour's, and answers nothing on its own.
  const foreign = speaking(
    "(i32.const 64)",
    '(data (i32.const 64) "\\06\\02\\00\\00\\00\\03\\01\\00\\00\\00\\02\\ff\\00\\00\\00")',
  );
  await installRule(engine, stream("echo", echo, 7));
  const bad = await installRule(engine, stream("bad", foreign, 9));
  await fallAsleep(engine);
  const said = await python(`
first = connect(7); first.sendall(b"a"); first.recv(1)
connect(9).sendall(b"x")
time.sleep(0.2)
first.sendall(b"mine"); say(first.recv(9).decode())`);
  assert.equal(said, ["mine"]);
  await untilCounter(engine, bad, "refused_total", (value) => value === 2);
});

testStreams("a port has one rule, and the second says why it hears nothing", async () => {
  await installRule(engine, stream("first", echo, 7));
  const second = await installRule(engine, stream("second", echo, 7));
  await fallAsleep(engine);
  await until("it says so", () => problemOf(second)?.code === "linux.failed");
  assert.match(problemOf(second)?.message ?? "", /listen on port 7 .*EADDRINUSE/);
  assert.equal(await python(`s = connect(7); s.sendall(b"one"); say(s.recv(9).decode())`), ["one"]);
});

for (const [what, end] of [
  ["the rule is revoked", (unit: Unit) => engine.revoke(unit.id)],
  ["the engine stops", () => engine.stop()],
  ["the host wakes", () => engine.power?.("default/nas", "awake")],
] as const) {
  testStreams(`connections are reset when ${what}`, async () => {
    const rule = await installRule(engine, stream("echo", echo, 7));
    await fallAsleep(engine);
    const client = runIn(
      "client",
      "python3",
      "-c",
      `${preamble}s = connect(7); s.sendall(b"x"); say(s.recv(1).decode()); say(outcome(lambda: read_all(s)))`,
    );
    await until("it is connected", () => client.output === "x\n");
    await end(rule);
    await until("it is reset", () => client.output === "x\nreset\n");
  });
}

testStreams("a connection that the host had before it slept is left alone", async () => {
  await runUntilReady("listening", "host", "python3", "-c", echoServer);
  const client = runIn(
    "client",
    "python3",
    "-c",
    `${preamble}s = connect(7); s.sendall(b"x"); say(s.recv(1).decode()); sys.stdin.readline()
s.sendall(b"y"); say(outcome(lambda: s.recv(1).decode()))`,
  );
  await until("it is connected", () => client.output === "x\n");
  await installRule(engine, stream("echo", echo, 7));
  await fallAsleep(engine);
  assert.equal(await python(`s = connect(7); s.sendall(b"new"); say(s.recv(9).decode())`), ["new"]);
  const resets = await capture("client", "eth0", "tcp.flags.reset == 1", ["tcp.dstport"]);
  const sent = await capture("client", "eth0", "tcp.len == 1", ["tcp.seq"]);
  client.say("\n");
  await until("it has sent again", () => sent.lines.length >= 2);
  assert.equal(resets.lines, []);
  await engine.power?.("default/nas", "awake");
  plugHost("up");
  await until("the host answers", () => client.output === "x\ny\n");
});

testStreams(
  "on the path megabytes go both ways between a peer and the host that woke, ends too",
  async () => {
    run(`
    ip netns add outside; ip -n outside link set lo up
    ip link add wan type veth peer name eth0 netns outside
    ip addr add 10.8.0.2/24 dev wan; ip link set wan up
    ip -n outside addr add 10.8.0.1/24 dev eth0; ip -n outside link set eth0 up
    ip -n outside route add default via 10.8.0.2; ip -n host route add 10.8.0.0/24 via 10.9.0.2
    sysctl -qw net.ipv4.ip_forward=1`);
    await engine.revoke("Host/default/nas");
    await installSleeper(engine, sleeperUnit({ takeover: false }));
    const rule = await installRule(engine, stream("echo", echo, 7));
    await fallAsleep(engine);
    await until("the guard stands", () => run("nft list tables").includes("netloom"));
    const client = runIn(
      "outside",
      "python3",
      "-c",
      `${preamble}
data = b"wake" + bytes(range(256)) * 32768
s = connect(7)
threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR))).start()
say(outcome(lambda: read_all(s)) == data)`,
    );
    await untilCounter(engine, rule, "wakes_total", (value) => value === 1);
    plugHost("up");
    await engine.power?.("default/nas", "awake");
    await until("the guard knows the connection alone", () => {
      const sets = run("nft list ruleset");
      return (
        /elements = \{ 10\.8\.0\.1 \. \d+ \. 10\.9\.0\.5 \. 7 /.test(sets) &&
        !/ipv4_addr\n[^}]*elements/.test(sets)
      );
    });
    // A service that starts only after its host is awake.
    await runUntilReady("listening", "host", "python3", "-c", echoServer);
    await until("all is back", () => client.output.endsWith("\n"));
    assert.is(client.output, "True\n");
  },
);

test.run();

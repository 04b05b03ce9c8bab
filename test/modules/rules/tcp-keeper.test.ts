import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { type TcpFields, tcp, tcpFlags } from "../packets.ts";
import { onlyAnswer, type Reaction, runRule } from "../run-rule.ts";

const inbound = { source: "10.0.0.9", destination: "10.0.0.5" };
const inbound6 = { source: "fd00::9", destination: "fd00::5" };
const plain = {
  local: "10.0.0.5",
  localPort: 22,
  remote: "10.0.0.9",
  remotePort: 40_000,
  sequence: 1000,
  acknowledgment: 2000,
};
const stamped = { ...plain, remotePort: 40_001, timestamp: 500, window: 77 };
const over6 = { ...plain, local: "fd00::5", remote: "fd00::9", sequence: 0xffffffff, acknowledgment: 0 };
const config = { connections: [plain, stamped, over6] };
const fields = [
  "ip.dst",
  "tcp.dstport",
  "tcp.seq_raw",
  "tcp.ack_raw",
  "tcp.flags",
  "tcp.window_size_value",
  "tcp.options.timestamp.tsval",
  "tcp.options.timestamp.tsecr",
  "tcp.checksum.status",
];

const segment = (more: Partial<TcpFields>): Buffer =>
  tcp(inbound, { ports: [40_000, 22], flags: tcpFlags.ack, sequence: 2000, acknowledgment: 1000, ...more });
const stamp = (value: number, echoed = 1): Buffer => {
  const option = Buffer.from("0101080a0000000000000000", "hex");
  option.writeUInt32BE(value, 4);
  option.writeUInt32BE(echoed, 8);
  return option;
};
const keepAlive = { sequence: 1999 };

test("a keep-alive is answered with the numbers of the connection", () => {
  const rule = runRule("tcp-keeper", { config });
  const garbage = { sequence: 1999, data: "\0" };
  const answers = [keepAlive, garbage].map((more) => onlyAnswer(rule.packet(segment(more))));
  const expected = ["10.0.0.9", "40000", "1000", "2000", "0x0010", "502", "", "", "1"];
  assert.equal(dissect(answers, fields), [expected, expected]);
});

test("a keep-alive over IPv6 is answered, also where the numbers wrap around", () => {
  const rule = runRule("tcp-keeper", { config });
  const probe = tcp(inbound6, { ports: [40_000, 22], flags: tcpFlags.ack, sequence: -1, acknowledgment: -1 });
  assert.equal(
    dissect(
      [onlyAnswer(rule.packet(probe))],
      ["ipv6.dst", "tcp.seq_raw", "tcp.ack_raw", "tcp.checksum.status"],
    ),
    [["fd00::9", "4294967295", "0", "1"]],
  );
});

test("timestamps are counted up by one, and the remote one's is echoed", () => {
  const rule = runRule("tcp-keeper", { config });
  const ports: [number, number] = [40_001, 22];
  const answers = [9000, 9100].map((value) =>
    onlyAnswer(rule.packet(segment({ ports, ...keepAlive, options: stamp(value) }))),
  );
  const of = (value: string, echoed: string) => [
    "10.0.0.9",
    "40001",
    "1000",
    "2000",
    "0x0010",
    "77",
    value,
    echoed,
    "1",
  ];
  assert.equal(dissect(answers, fields), [of("501", "9000"), of("502", "9100")]);
  assert.equal(
    rule.packet(segment({ ports, ...keepAlive })),
    [],
    "without the timestamp it is none of this connection",
  );
  const old = onlyAnswer(rule.packet(segment({ ports, data: "old data", options: stamp(8999) })));
  assert.equal(dissect([old], fields), [of("503", "9100")]);
});

test("a timestamp that the host sent after it had told of the connection is gone on from", () => {
  const rule = runRule("tcp-keeper", { config });
  const ports: [number, number] = [40_001, 22];
  const probe = (echoed: number, sequence = 1999) =>
    onlyAnswer(rule.packet(segment({ ports, sequence, options: stamp(9000, echoed) })));
  const answers = [probe(700), probe(701), probe(600), probe(900, 1500)];
  assert.equal(dissect(answers, ["tcp.options.timestamp.tsval"]), [["701"], ["702"], ["703"], ["704"]]);
});

test("new data, FIN, SYN and the right RST wake the host; other segments do not", () => {
  const reaction = (more: Partial<TcpFields>): Reaction[] =>
    runRule("tcp-keeper", { config }).packet(segment(more));
  const waking = [
    { data: "hello" },
    { sequence: 1990, data: "overlaps the new" },
    { flags: tcpFlags.ack | tcpFlags.fin },
    { flags: tcpFlags.syn },
    { flags: tcpFlags.rst },
    { sequence: 2100, data: "ahead of what is missing" },
  ];
  for (const more of waking) assert.equal(reaction(more), ["wake"], JSON.stringify(more));
  const silent = [
    {},
    { flags: tcpFlags.rst, sequence: 2001 },
    { flags: 0, sequence: 1999 },
    { ports: [40_002, 22] as [number, number] },
  ];
  for (const more of silent) assert.equal(reaction(more), [], JSON.stringify(more));
  assert.is(reaction({ sequence: 1900, data: "seen long ago" }).length, 1);
  assert.is.not(reaction({ sequence: 1900, data: "seen long ago" })[0], "wake");
});

/** Table 4.1 of the document: option, an example, and what becomes of a keep-alive that carries it. */
const table: [string, string, "answer" | "wake"][] = [
  ["no operation", "01010101", "answer"],
  ["maximum segment size", "020405b4", "answer"],
  ["window scale", "01030307", "answer"],
  ["SACK permitted", "01010402", "answer"],
  ["SACK", "0101050a0000000100000002", "wake"],
  ["timestamp", "0101080a0000000100000002", "answer"],
  ["Quick-Start response", "1b08000000000000", "wake"],
  ["user timeout", "1c048005", "answer"],
  ["TCP-AO", `1d10${"00".repeat(14)}`, "wake"],
  ["Multipath TCP", "1e040000", "wake"],
  ["Fast Open cookie", "2206000000000101", "answer"],
  ["encryption negotiation", "45020101", "answer"],
  ["an unknown option", "c8040000", "wake"],
];
for (const [name, option, expected] of table)
  test(`a keep-alive with ${name}: ${expected}`, () => {
    const rule = runRule("tcp-keeper", { config });
    const [reaction] = rule.packet(segment({ ...keepAlive, options: Buffer.from(option, "hex") }));
    assert.is(reaction === "wake" ? "wake" : reaction && "answer", expected);
  });

test("options that contradict themselves are left alone", () => {
  const rule = runRule("tcp-keeper", { config });
  for (const option of ["05000000", "05010000", "08030000", "01010105", "1e0c0000"])
    assert.equal(rule.packet(segment({ ...keepAlive, options: Buffer.from(option, "hex") })), [], option);
});

test("a keep-alive with a user timeout is handed to the host when it wakes, once", () => {
  const rule = runRule("tcp-keeper", { config });
  const probe = segment({ ...keepAlive, options: Buffer.from("1c048005", "hex") });
  rule.packet(segment(keepAlive));
  assert.is(rule.packet(probe).length, 1);
  assert.equal(rule.wakeup(), [{ packet: probe, delayMs: 0 }]);
  assert.equal(rule.wakeup(), []);
});

test("a configuration that makes no sense is refused with a reason", () => {
  const wrong = [
    { localPort: 65_536 },
    { sequence: -1 },
    { remote: "fd00::9" },
    { local: 5 },
    { timestamp: "now" },
  ];
  for (const change of wrong)
    assert.throws(
      () => runRule("tcp-keeper", { config: { connections: [{ ...plain, ...change }] } }),
      /a connection should have/,
    );
  assert.throws(() => runRule("tcp-keeper"), /"connections" should be a list/);
});

test.run();

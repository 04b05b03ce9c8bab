import { test } from "uvu";
import * as assert from "uvu/assert";
import { capture } from "./capture.ts";
import {
  counter,
  fallAsleep,
  installRule,
  installSleeper,
  onClient,
  onLan,
  proxyMac,
  untilCounter,
  wakeUp,
} from "./lan.ts";
import { runIn, runUntilReady } from "./running.ts";
import { until } from "./until.ts";

const lan = onLan(test);

/** Connects, asks the kernel for a keep-alive each second, says what it is told to, and tells what it hears. */
const client = `
  const socket = require("net").connect(7000, "10.9.0.5", () => socket.setKeepAlive(true, 1000).write("first "));
  socket.on("data", (data) => process.stdout.write(data)).on("error", (error) => process.stdout.write(error.code));
  process.stdin.on("data", (data) => socket.write(data));`;
const segment = [
  ...["tcp.srcport", "tcp.seq_raw", "tcp.ack_raw", "tcp.options.timestamp.tsval", "tcp.len", "eth.src"],
  ...["ip.checksum.status", "tcp.checksum.status"],
];

/** Where the connection stands, by the last segment that the host sent: what it has sent, and what it has received. */
function stateOf(line: string) {
  const [localPort, sequence, acknowledgment, timestamp, length] = line.split("\t");
  return {
    local: "10.9.0.5",
    localPort: Number(localPort),
    remote: "10.9.0.1",
    sequence: (Number(sequence) + Number(length)) % 2 ** 32,
    acknowledgment: Number(acknowledgment),
    ...(timestamp && { timestamp: Number(timestamp) }),
  };
}

for (const timestamps of [1, 0]) {
  test(`a connection ${timestamps ? "with" : "without"} timestamps outlives a sleep in both kernels, and its next data wake the host`, async () => {
    onClient(`sysctl -qw net.ipv4.tcp_timestamps=${timestamps}`);
    const frames = await capture("client", "eth0", "tcp.srcport == 7000", segment);
    await runUntilReady("listening on", "host", "socat", "-dd", "TCP-LISTEN:7000,reuseaddr", "EXEC:cat");
    const peer = runIn("client", process.execPath, "-e", client);
    await until("the host echoes", () => peer.output === "first ");
    await until("the host's echo is seen", () => frames.lines.some((line) => line.split("\t")[4] === "6"));
    const connection = stateOf(frames.lines.findLast((line) => line.split("\t")[4] === "6") as string);
    assert.is("timestamp" in connection, timestamps === 1);
    const remotePort = Number(onClient("ss -Htn dst 10.9.0.5").match(/10\.9\.0\.1:(\d+)/)?.[1]);
    const sleeper = await installSleeper(lan.engine);
    const rule = await installRule(lan.engine, {
      name: "keeper",
      program: "tcp-keeper",
      layer: "TCP",
      config: { connections: [{ ...connection, remotePort }] },
    });
    await fallAsleep(lan.engine);
    await untilCounter(lan.engine, rule, "answered_total", (value) => value >= 3);
    await until("no keep-alive is unanswered", () =>
      /ESTAB.*timer:\(keepalive,[^,]+,0\)/.test(onClient("ss -Htno dst 10.9.0.5")),
    );
    assert.is(counter(lan.engine, sleeper, "wakes_by_rule_total"), 0);
    peer.say("second ");
    await untilCounter(lan.engine, sleeper, "wakes_by_rule_total", (value) => value === 1);
    await wakeUp(lan.engine);
    await until("the host itself has answered", () => peer.output === "first second ");
    const kept = () => frames.lines.filter((line) => line.includes(proxyMac));
    await until("what the proxy said is seen", () => kept().length >= 3);
    for (const line of kept()) assert.match(line, /\t1\t1$/, "checksums");
  });
}

test.run();

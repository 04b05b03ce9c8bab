import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listInterfaces, PacketRing } from "../../../daemon/linux/mod.ts";
import { type RunningRule, runRule } from "../run-rule.ts";

const sh = (line: string): string => execFileSync("sh", ["-ec", line], { encoding: "utf8" });
const deadlineMs = 60_000;

/** Connects, asks the kernel for a keep-alive each second, says what it is told to, and tells what it hears. */
const client = `
  const socket = require("net").connect(7000, "10.0.0.5", () => socket.setKeepAlive(true, 1000).write("first"));
  socket.on("data", (data) => process.stdout.write(data)).on("error", (error) => process.stdout.write(error.code));
  process.stdin.on("data", (data) => socket.write(data));`;

interface Segment {
  source: number;
  sequence: number;
  acknowledgment: number;
  echoedTimestamp: number | undefined;
}

/** What the client's last segment before the sleep tells of the connection; a frame of IPv4 and TCP. */
function read(frame: Uint8Array): Segment | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame.length < 54 || view.getUint16(12) !== 0x0800 || frame[23] !== 6 || view.getUint16(36) !== 7000)
    return undefined;
  const header = ((frame[46] as number) >> 4) * 4;
  const dataLength = view.getUint16(16) - 20 - header;
  const hasTimestamp = header === 32 && view.getUint32(54) === 0x0101080a;
  return {
    source: view.getUint16(34),
    sequence: (view.getUint32(38) + dataLength) >>> 0,
    acknowledgment: view.getUint32(42),
    echoedTimestamp: hasTimestamp ? view.getUint32(62) : undefined,
  };
}

/** Frames that have arrived since the last look. */
function* arrived(ring: PacketRing): Generator<Uint8Array> {
  while (ring.next()) {
    const frame = ring.bytes.slice(ring.start, ring.start + ring.length);
    ring.release();
    yield frame;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (const end = Date.now() + deadlineMs; !condition(); await delay(2))
    if (Date.now() > end) throw new Error(`${what}: not in time`);
}

function startClient(): { child: ChildProcessWithoutNullStreams; heard: () => string } {
  const child = spawn("ip", ["netns", "exec", "client", process.execPath, "-e", client]);
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  return { child, heard: () => text };
}

async function startServer(): Promise<{
  server: Server;
  accepted: () => Socket | undefined;
  heard: () => string;
}> {
  let socket: Socket | undefined;
  let text = "";
  const server = createServer((accepted) => {
    socket = accepted.on("data", (data) => {
      text += data;
    });
  }).listen(7000, "10.0.0.5");
  await once(server, "listening");
  return { server, accepted: () => socket, heard: () => text };
}

function keeper({ source, sequence, acknowledgment, echoedTimestamp }: Segment): RunningRule {
  const addresses = { local: "10.0.0.5", localPort: 7000, remote: "10.0.0.9", remotePort: source };
  // What the client has had is what the host has sent, and the other way round.
  const numbers = { sequence: acknowledgment, acknowledgment: sequence };
  const timestamp = echoedTimestamp === undefined ? {} : { timestamp: echoedTimestamp };
  return runRule("tcp-keeper", {
    raw: true,
    config: { connections: [{ ...addresses, ...numbers, ...timestamp }] },
  });
}

test.before(() => {
  sh(`ip netns add client
    ip link add v0 type veth peer name v1 netns client
    ip addr add 10.0.0.5/24 dev v0; ip link set v0 up
    ip -n client addr add 10.0.0.9/24 dev v1; ip -n client link set v1 up`);
});

for (const timestamps of [1, 0])
  test(`a connection ${timestamps ? "with" : "without"} timestamps outlives the sleep of one end, in the kernel of the other`, async () => {
    sh(`ip netns exec client sysctl -qw net.ipv4.tcp_timestamps=${timestamps}`);
    const index = listInterfaces().find(({ name }) => name === "v0")?.index ?? 0;
    const ring = PacketRing.open({ interfaceIndex: index, interfaceName: "v0" });
    const host = await startServer();
    const peer = startClient();
    try {
      await until("the connection", () => host.heard() === "first");
      host.accepted()?.write("hello ");
      let last: Segment | undefined;
      await until("the client's acknowledgment", () => {
        for (const frame of arrived(ring)) last = read(frame) ?? last;
        return peer.heard() === "hello ";
      });
      // From here on the host's own kernel hears nothing: it sleeps.
      sh("nft 'table ip sleep { chain in { type filter hook input priority 0; tcp dport 7000 drop; }; }'");
      for (const frame of arrived(ring)) last = read(frame) ?? last;
      assert.is(last?.echoedTimestamp !== undefined, timestamps === 1);
      const rule = keeper(last as Segment);
      let answered = 0;
      let wakes = 0;
      const pump = (): void => {
        for (const frame of arrived(ring)) {
          for (const reaction of rule.packet(frame)) {
            if (reaction === "wake") wakes++;
            else if (ring.send(reaction.packet)) answered++;
          }
        }
        ring.flush();
      };
      await until("three keep-alives", () => {
        pump();
        return answered >= 3;
      });
      assert.match(sh("ip netns exec client ss -Htno dst 10.0.0.5"), /ESTAB.*timer:\(keepalive,[^,]+,0\)/);
      assert.is(wakes, 0);
      peer.child.stdin.write("are you there?");
      await until("a wake", () => {
        pump();
        return wakes > 0;
      });
      sh("nft delete table ip sleep");
      await until("the rest", () => host.heard() === "firstare you there?");
      host.accepted()?.write("again");
      await until("the answer", () => peer.heard() === "hello again");
    } finally {
      peer.child.kill();
      host.accepted()?.destroy();
      host.server.close();
      ring.close();
    }
  });

test.run();

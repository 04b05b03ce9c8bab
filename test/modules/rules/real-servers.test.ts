import { execFileSync, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { udp } from "../packets.ts";
import { onlyAnswer, runRule } from "../run-rule.ts";

/** Rules against servers and clients that know nothing of them; the kernel carries what the rules say. */
const sh = (line: string): string => execFileSync("sh", ["-ec", line], { encoding: "utf8" });
const answerDeadlineMs = 10_000;

async function bound(address: string, port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(port, address);
  await once(socket, "listening");
  // A test that fails before it closes the socket still ends.
  socket.unref();
  return socket;
}

/** Payload of a packet from IPv4 and UDP. */
const payloadOf = (packet: Buffer): Buffer => packet.subarray(28);

interface Received {
  data: Buffer;
  from: { address: string; port: number };
}

async function receive(socket: Socket): Promise<Received> {
  const [data, from] = (await once(socket, "message", { signal: AbortSignal.timeout(answerDeadlineMs) })) as [
    Buffer,
    Received["from"],
  ];
  return { data, from };
}

test("dnsmasq renews the lease that dhcp-renew asks for, and refuses an address that is not its own to give", async () => {
  sh(`ip netns add server
    ip link add v0 type veth peer name v1 netns server
    ip addr add 10.0.0.5/24 dev v0; ip addr add 10.0.0.77/24 dev v0; ip link set v0 up
    ip -n server addr add 10.0.0.1/24 dev v1; ip -n server link set v1 up`);
  const range = [
    "--dhcp-range=10.0.0.5,10.0.0.9,255.255.255.0,3m",
    "--dhcp-authoritative",
    "--dhcp-leasefile=/run/leases",
  ];
  const options = [
    "-d",
    "--port=0",
    "--interface=v1",
    "--user=root",
    "--no-ping",
    "--conf-file=/dev/null",
    ...range,
  ];
  const dnsmasq = spawn("ip", ["netns", "exec", "server", "dnsmasq", ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    await new Promise<void>((done) => {
      dnsmasq.stderr.on("data", (text) => `${text}`.includes("DHCP, IP range") && done());
    });
    const [link] = JSON.parse(sh("ip -j link show v0")) as { address: string }[];
    const mac = link?.address ?? "";
    for (const [address, outcome] of [
      ["10.0.0.5", []],
      ["10.0.0.77", ["wake"]],
    ] as const) {
      let nowMs = 0;
      const rule = runRule("dhcp-renew", {
        config: { address, server: "10.0.0.1", mac, lease: 100 },
        nowMs: () => nowMs,
      });
      const socket = await bound(address, 68);
      const broadcasts = await bound("255.255.255.255", 68);
      nowMs = 50_000;
      socket.send(payloadOf(onlyAnswer(rule.timer())), 67, "10.0.0.1");
      // A refusal is broadcast (RFC 2131 §4.3.2).
      const { data, from } = await Promise.any([receive(socket), receive(broadcasts)]);
      assert.equal(
        rule.packet(udp({ source: from.address, destination: address }, [from.port, 68], data)),
        outcome,
      );
      // The first lease would have ended; the renewed one is to be renewed after some 80 of its 180 seconds.
      nowMs = 50_000 + 70_000;
      assert.is(rule.timer().length, 0);
      socket.close();
      broadcasts.close();
    }
    assert.match(sh("cat /run/leases"), mac);
  } finally {
    dnsmasq.kill();
    sh("ip netns del server");
  }
});

test("dig is answered by mdns-responder", async () => {
  const config = {
    addresses: ["127.0.0.1"],
    records: [
      { name: "nas.local", type: "A", data: "10.0.0.5" },
      { name: "_http._tcp.local", type: "PTR", data: "web._http._tcp.local" },
      { name: "web._http._tcp.local", type: "SRV", port: 80, target: "nas.local" },
    ],
  };
  const rule = runRule("mdns-responder", { config });
  const socket = await bound("127.0.0.1", 5353);
  socket.on("message", (data, from) => {
    const query = udp({ source: from.address, destination: "127.0.0.1" }, [from.port, 5353], data);
    for (const reaction of rule.packet(query))
      if (reaction !== "wake") socket.send(payloadOf(reaction.packet), from.port, from.address);
  });
  const dig = async (...question: string[]): Promise<string> => {
    const child = spawn("dig", [
      "@127.0.0.1",
      "-p",
      "5353",
      "+tries=1",
      "+time=5",
      "+noedns",
      "+nocookie",
      ...question,
    ]);
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    await once(child, "close");
    return text;
  };
  try {
    assert.match(await dig("nas.local", "A"), /ANSWER SECTION:\nnas\.local\.\s+10\s+IN\s+A\s+10\.0\.0\.5\n/);
    const services = await dig("_http._tcp.local", "PTR");
    assert.match(services, /IN\s+PTR\s+web\._http\._tcp\.local\./);
    assert.match(services, /IN\s+SRV\s+0 0 80 nas\.local\./);
    assert.match(await dig("nas.local", "TXT"), /IN\s+NSEC\s+nas\.local\. A\n/);
    assert.not.match(services, /malformed|mismatch|WARNING: .*extra/i);
  } finally {
    socket.close();
  }
});

test.run();

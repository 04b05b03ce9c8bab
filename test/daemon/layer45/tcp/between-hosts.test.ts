/** Streams between two hosts, each with an engine, behind links with an MTU of 1,500 and a router. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { Application } from "../../linux/application.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";
import { run } from "../udp/two-hosts.ts";
import type { Installation } from "./engine-process.ts";
import { bothEnds, streamTag } from "./talkers.ts";

const port = 7_350;
const bytes = 3_000_000;
const beta = { 4: "10.9.2.2", 6: "fd09:2::2" };
const inBeta = ["nsenter", "--net=/run/netns/beta"];
const engineOfBeta = join(import.meta.dirname, "engine-process.js");

let engine: RunningEngine;
let other: ChildProcess;
let client: Application;
let server: Application;

/** This namespace, "middle" and "beta" in a row. */
function makeHosts(): void {
  run(`ip netns add middle; ip netns add beta
    ip link add to-middle type veth peer name to-alpha netns middle
    ip -n middle link add to-beta type veth peer name to-middle netns beta
    ip link set to-middle up; ip -n middle link set to-alpha up
    ip -n middle link set to-beta up; ip -n beta link set to-middle up; ip -n beta link set lo up
    ip netns exec middle sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip addr add 10.9.1.1/24 dev to-middle; ip addr add fd09:1::1/64 dev to-middle nodad
    ip -n middle addr add 10.9.1.9/24 dev to-alpha; ip -n middle addr add fd09:1::9/64 dev to-alpha nodad
    ip -n middle addr add 10.9.2.9/24 dev to-beta; ip -n middle addr add fd09:2::9/64 dev to-beta nodad
    ip -n beta addr add 10.9.2.2/24 dev to-middle; ip -n beta addr add fd09:2::2/64 dev to-middle nodad
    ip route add default via 10.9.1.9; ip -6 route add default via fd09:1::9
    ip -n beta route add default via 10.9.2.9; ip -n beta -6 route add default via fd09:2::9`);
}

/** Has the router drop what this rule of iptables matches. */
const lose = (match: string): string =>
  run(`for family in iptables ip6tables; do
    ip netns exec middle $family --flush FORWARD
    [ -z "${match}" ] || ip netns exec middle $family --append FORWARD --protocol tcp ${match} --jump DROP
  done`);

/** Sets what TCP agrees on, at both hosts. */
const agree = (settings: string): string =>
  run(`sysctl -qw ${settings}; ip netns exec beta sysctl -qw ${settings}`);

/** Tags what the client sends, and what the server sends; answers the ids of both at this host. */
async function tagBothWays(): Promise<string[]> {
  const [toServer, atServer] = bothEnds(port);
  const fromServer: UnitOptions = { ...atServer, name: "back-of-server", role: "sender" };
  const toClient: UnitOptions = { ...toServer, name: "back-of-client", role: "receiver" };
  for (const options of [atServer, fromServer]) {
    const message: Installation = { module: streamTag, options };
    other.send(message);
    await once(other, "message");
  }
  return [await engine.install(streamTag, toServer), await engine.install(streamTag, toClient)];
}

const talk = `
def talk(sock, size):
    """Sends so many bytes, hears until the end, and answers the SHA-256 of both."""
    said = os.urandom(size)
    def send():
        sock.sendall(said); sock.shutdown(socket.SHUT_WR)
    sending = threading.Thread(target=send); sending.start()
    heard = hashlib.sha256()
    while piece := sock.recv(65536): heard.update(piece)
    sending.join(); sock.close()
    return [hashlib.sha256(said).hexdigest(), heard.hexdigest()]
`;

/** Both send so much at once; what either hears is what the other said. */
async function carry(family: 4 | 6, size = bytes): Promise<void> {
  const place = `("${beta[family]}", ${port})`;
  const kind = family === 4 ? "socket.AF_INET" : "socket.AF_INET6";
  await server.do(`s = socket.socket(${kind}); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(${place}); s.listen(); result = None`);
  const ofServer = server.do(
    `s.settimeout(20); a, _ = s.accept(); a.settimeout(20); s.close(); result = talk(a, ${size})`,
  );
  const [said, heard] = (await client.do(
    `c = socket.socket(${kind}); c.settimeout(20); c.connect(${place}); result = talk(c, ${size})`,
  )) as string[];
  assert.equal(await ofServer, [heard, said]);
}

test.before(async () => {
  makeHosts();
  engine = await new RunningEngine().start();
  other = fork(engineOfBeta, [], {
    serialization: "advanced",
    execPath: inBeta[0]!,
    execArgv: [...inBeta.slice(1), process.execPath],
  });
  await once(other, "message");
  client = await Application.start("client");
  server = await Application.start("server", inBeta);
  for (const one of [client, server]) await one.do(`import hashlib${talk}`);
});
test.after(async () => {
  await engine.engine.stop();
  other.kill("SIGKILL");
  await Promise.all([client.end(), server.end()]);
});

if (isRootOfMachine()) {
  test("streams that are longer between hosts arrive as they were sent, by IPv4 and IPv6, whatever TCP agrees on", async () => {
    const ends = await tagBothWays();
    const all = ["net.ipv4.tcp_timestamps", "net.ipv4.tcp_sack", "net.ipv4.tcp_window_scaling"];
    const on = all.map((name) => `${name}=1`).join(" ");
    agree(on);
    for (const family of [4, 6] as const) await carry(family);
    for (const name of all) {
      agree(`${name}=0`);
      await carry(4);
      agree(`${name}=1`);
    }
    agree(all.map((name) => `${name}=0`).join(" "));
    await carry(6);
    agree(on);
    for (const id of ends) assert.ok((await engine.counter(id, "customized_total")) >= 6, id);
    assert.equal(engine.complaints, []);
  });

  test("what the network loses is sent again by the halves", async () => {
    lose("--match statistic --mode random --probability 0.01");
    for (const family of [4, 6] as const) await carry(family);
    lose("");
  });

  test("bytes behind the end of a handshake that was lost are customized as well", async () => {
    // The first segment of the client's without bytes.
    lose(
      `--dport ${port} --match length --length 40:79 --match quota --quota 52 --tcp-flags SYN,RST,FIN NONE`,
    );
    await carry(4, 30_000);
    lose("");
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), bothEnds(port)[0]);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import {
  openSocketOwners,
  type SocketChange,
  type SocketEnds,
  type SocketOwner,
  type SocketOwners,
} from "../../../daemon/linux/mod.ts";
import { ScannedOwners } from "../../../daemon/linux/scanned-owners.ts";
import { TracedOwners } from "../../../daemon/linux/traced-owners.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { until } from "../sleep/until.ts";
import { Application } from "./application.ts";

const bytesOf = (address: string): Uint8Array =>
  isIPv6(address)
    ? Uint8Array.from([...Array<number>(15).fill(0), Number(address.slice(2))])
    : Uint8Array.from(address.split(".").map(Number));

/** `127.0.0.1 5300 -> 127.0.0.1 53`, local end first. */
function ends(protocol: "UDP" | "TCP", text: string): SocketEnds {
  const [local, localPort, , remote, remotePort] = text.split(" ");
  return {
    protocol,
    local: bytesOf(local!),
    localPort: Number(localPort),
    remote: bytesOf(remote!),
    remotePort: Number(remotePort),
  };
}
const udp = (text: string): SocketEnds => ends("UDP", text);
const tcp = (text: string): SocketEnds => ends("TCP", text);
const named = (owner: SocketOwner | undefined): [string, string] | undefined =>
  owner && [owner.task, owner.group];

async function nextChange(owners: SocketOwners, count = 1): Promise<SocketChange[]> {
  const changes: SocketChange[] = [];
  await until(`${count} changes are told`, () => {
    changes.push(...owners.changes());
    return changes.length >= count;
  });
  return changes;
}

const kinds = isRootOfMachine() ? (["traced", "scanned"] as const) : (["scanned"] as const);
for (const kind of kinds) {
  const contract = suite(kind);
  let owners: SocketOwners;
  let first: Application;
  let second: Application;
  contract.before(async () => {
    first = await Application.start("first");
    await first.do('before = socket.socket(type=socket.SOCK_DGRAM); before.bind(("127.0.0.1", 5000))');
    owners = kind === "traced" ? TracedOwners.open() : new ScannedOwners("the test wants it");
    second = await Application.start("second");
  });
  contract.after(async () => {
    owners.close();
    await Promise.all([first.end(), second.end()]);
  });

  contract("a socket that was there before has its owner", () => {
    const owner = owners.find(udp("127.0.0.1 5000 -> 127.0.0.1 9"), "received")!;
    assert.equal(named(owner), ["first", "first"]);
    assert.is(owner.process, first.process.pid);
    assert.ok(owner.inode > 0);
    assert.ok(owner.cookie > 0n);
  });

  contract("who waits for datagrams owns what comes, and nobody what comes to a free port", async () => {
    await second.do('s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("", 5001))');
    assert.equal(named(owners.find(udp("127.0.0.1 5001 -> 127.0.0.1 9"), "received")), ["second", "second"]);
    assert.is(owners.find(udp("127.0.0.1 5009 -> 127.0.0.1 9"), "received"), undefined);
    await second.do("s.close()");
  });

  contract(
    "a connected socket comes before the one that is bound to the same port for everybody",
    async () => {
      const bind = "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', 5002))";
      await first.do(`s = socket.socket(type=socket.SOCK_DGRAM); ${bind}`);
      await second.do(
        `s = socket.socket(type=socket.SOCK_DGRAM); ${bind}; s.connect(("127.0.0.1", 9)); s.send(b"")`,
      );
      assert.is(owners.find(udp("127.0.0.1 5002 -> 127.0.0.1 9"), "received")?.group, "second");
      assert.is(owners.find(udp("127.0.0.1 5002 -> 127.0.0.1 9"), "sent")?.group, "second");
      await second.do("s.close()");
      assert.is(owners.find(udp("127.0.0.1 5002 -> 127.0.0.1 9"), "received")?.group, "first");
      await first.do("s.close()");
    },
  );

  contract("IPv6 and IPv4 on one socket have the same owner", async () => {
    await first.do('s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.bind(("::", 5003))');
    const six = owners.find(udp("::1 5003 -> ::1 9"), "received")!;
    const four = owners.find(udp("127.0.0.1 5003 -> 127.0.0.1 9"), "received")!;
    assert.is(six.group, "first");
    assert.equal(four, six);
    await first.do('s.sendto(b"", ("::1", 9)); s.sendto(b"", ("::ffff:127.0.0.1", 9))');
    assert.equal(owners.find(udp("::1 5003 -> ::1 9"), "sent")?.cookie, six.cookie);
    assert.equal(owners.find(udp("127.0.0.1 5003 -> 127.0.0.1 9"), "sent")?.cookie, six.cookie);
    await first.do("s.close()");
  });

  contract("a socket that is bound to an interface is found by what comes in there", async () => {
    await first.do(
      's = socket.socket(type=socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo"); s.bind(("", 5013))',
    );
    const loopback = Number(readFileSync("/sys/class/net/lo/ifindex", "latin1"));
    const ends = udp("127.0.0.1 5013 -> 127.0.0.1 9");
    assert.is(owners.find({ ...ends, interface: loopback }, "received")?.group, "first");
    assert.is(owners.find({ ...ends, interface: loopback + 1 }, "received"), undefined);
    await first.do('s.sendto(b"", ("127.0.0.1", 9))');
    assert.is(owners.find({ ...ends, interface: loopback }, "sent")?.group, "first");
    await first.do("s.close()");
  });

  contract("a thread is told by its own name and by its process's", async () => {
    await first.do(`
def work():
    global s
    rename("worker")
    s = socket.socket(type=socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 5004))
    s.sendto(b"", ("127.0.0.1", 9))
    sent.set()
    done.wait()
sent, done = threading.Event(), threading.Event()
worker = threading.Thread(target=work)
worker.start()
sent.wait()`);
    const owner = owners.find(udp("127.0.0.1 5004 -> 127.0.0.1 9"), "sent")!;
    assert.is(owner.group, "first");
    assert.ok([owner.task, ...owner.otherTasks].includes("worker"));
    if (kind === "traced") assert.equal([owner.task, owner.otherTasks], ["worker", []]);
    await first.do("done.set(); worker.join(); s.close()");
  });

  contract("a port that another process takes at once is another socket with another owner", async () => {
    const take =
      's = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5005)); s.sendto(b"", ("127.0.0.1", 9))';
    const seen: SocketOwner[] = [];
    for (const application of [first, second, first]) {
      await application.do(take);
      seen.push(owners.find(udp("127.0.0.1 5005 -> 127.0.0.1 9"), "sent")!);
      assert.equal(
        owners.find(udp("127.0.0.1 5005 -> 127.0.0.1 9"), "received")?.cookie,
        seen.at(-1)!.cookie,
      );
      await application.do("s.close()");
    }
    assert.equal(
      seen.map(({ group }) => group),
      ["first", "second", "first"],
    );
    assert.is(new Set(seen.map(({ cookie }) => cookie)).size, 3);
  });

  contract("what is passed to another process is its own once the first has closed it", async () => {
    await first.do(`
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5006))
post = socket.socket(socket.AF_UNIX)
post.bind("/run/post-${kind}")
post.listen()`);
    const { cookie } = owners.find(udp("127.0.0.1 5006 -> 127.0.0.1 9"), "received")!;
    owners.watch(cookie);
    await second.do(`post = socket.socket(socket.AF_UNIX); post.connect("/run/post-${kind}")`);
    await first.do("to, _ = post.accept(); socket.send_fds(to, [b'x'], [s.fileno()]); s.close()");
    await second.do(
      's = socket.socket(fileno=socket.recv_fds(post, 9, 1)[1][0]); s.sendto(b"", ("127.0.0.1", 9))',
    );
    const owner = owners.find(udp("127.0.0.1 5006 -> 127.0.0.1 9"), "sent")!;
    assert.equal([owner.cookie, owner.group, owner.process], [cookie, "second", second.process.pid]);
    if (kind === "traced") {
      assert.equal(await nextChange(owners), [{ cookie, kind: "passed" }]);
      owners.watch(cookie);
    }
    await second.do("s.close()");
    assert.equal(await nextChange(owners), [{ cookie, kind: "closed" }]);
  });

  contract("a socket whose user has ended belongs to the process that has inherited it", async () => {
    const parent = await Application.start("parent");
    const child = await parent.do(`
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5007))
s.sendto(b"", ("127.0.0.1", 9))
reading, writing = os.pipe()
result = os.fork()
if result == 0:
    rename("child")
    os.write(writing, b"x")
    signal.pause()
os.read(reading, 1)`);
    await parent.end();
    const owner = owners.find(udp("127.0.0.1 5007 -> 127.0.0.1 9"), "received")!;
    assert.equal([owner.group, owner.process], ["child", child]);
    owners.watch(owner.cookie);
    process.kill(child as number, "SIGKILL");
    assert.equal(await nextChange(owners), [{ cookie: owner.cookie, kind: "closed" }]);
  });

  contract("of a group of sockets on one port it is the one that the kernel delivers to", async () => {
    const join =
      "s = socket.socket(type=socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); s.bind(('127.0.0.1', 5008)); s.setblocking(False)";
    await Promise.all([first.do(join), second.do(join)]);
    const receive = "\ntry: result = s.recv(9).decode()\nexcept BlockingIOError: result = None";
    const met = new Set<string>();
    for (let port = 6000; met.size < 2 && port < 6064; port++) {
      const client = createSocket("udp4");
      await new Promise<void>((resolve) => client.bind(port, "127.0.0.1", resolve));
      await new Promise((resolve) => client.send("x", 5008, "127.0.0.1", resolve));
      const { group } = owners.find(udp(`127.0.0.1 5008 -> 127.0.0.1 ${port}`), "received")!;
      assert.is(await (group === "first" ? first : second).do(receive), "x");
      assert.is(await (group === "first" ? second : first).do(receive), null);
      met.add(group);
      client.close();
    }
    assert.is(met.size, 2);
    if (kind === "traced") {
      for (const [index, application] of [first, second].entries()) {
        await application.do(`s.sendto(b"", ("127.0.0.1", ${7000 + index}))`);
        const { group } = owners.find(udp(`127.0.0.1 5008 -> 127.0.0.1 ${7000 + index}`), "sent")!;
        assert.is(group, ["first", "second"][index]);
      }
    }
    await Promise.all([first.do("s.close()"), second.do("s.close()")]);
  });

  contract("dig is told by its own thread, while it waits for an answer", async () => {
    const server = createSocket("udp4");
    await new Promise<void>((resolve) => server.bind(5053, "127.0.0.1", resolve));
    const asked = new Promise<number>((resolve) => server.once("message", (_, { port }) => resolve(port)));
    const dig = spawn("dig", ["@127.0.0.1", "-p", "5053", "+tries=1", "+time=60", "example.com"]);
    const owner = owners.find(udp(`127.0.0.1 ${await asked} -> 127.0.0.1 5053`), "sent")!;
    assert.is(owner.group, "dig");
    assert.is(owner.process, dig.pid);
    const tasks = [owner.task, ...owner.otherTasks];
    assert.ok(
      tasks.some((name) => name.startsWith("isc-")),
      tasks.join(),
    );
    dig.kill();
    server.close();
  });

  contract(
    "both ends of a connection have their owner, and one that waits to be accepted its listener's",
    async () => {
      const server = (await second.do(
        's = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); result = s.getsockname()[1]',
      )) as number;
      const client = (await first.do(
        `c = socket.socket(); c.connect(("127.0.0.1", ${server})); result = c.getsockname()[1]`,
      )) as number;
      const here = tcp(`127.0.0.1 ${client} -> 127.0.0.1 ${server}`);
      const there = tcp(`127.0.0.1 ${server} -> 127.0.0.1 ${client}`);
      assert.equal(named(owners.find(here, "sent")), ["first", "first"]);
      const waiting = owners.find(there, "received")!;
      assert.equal([waiting.group, waiting.inode], ["second", 0]);
      await second.do("a, _ = s.accept()");
      const unused = owners.find(there, "received")!;
      assert.equal([unused.group, unused.cookie, unused.inode > 0], ["second", waiting.cookie, true]);
      await second.do('a.send(b"x")');
      const accepted = owners.find(there, "sent")!;
      assert.equal([accepted.group, accepted.cookie], ["second", waiting.cookie]);
      assert.ok(accepted.inode > 0);
      owners.watch(accepted.cookie);
      await second.do("a.close(); s.close()");
      await first.do("c.close()");
      assert.equal(await nextChange(owners), [{ cookie: accepted.cookie, kind: "closed" }]);
    },
  );

  contract("sockets of another network namespace are nobody's", async () => {
    for (const args of [
      ["netns", "add", kind],
      ["-n", kind, "link", "set", "lo", "up"],
    ]) {
      assert.is(spawnSync("ip", args).status, 0);
    }
    const away = await Application.start("away", ["ip", "netns", "exec", kind]);
    await away.do(
      's = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5010)); s.sendto(b"", ("127.0.0.1", 9))',
    );
    for (const direction of ["sent", "received"] as const) {
      assert.is(owners.find(udp("127.0.0.1 5010 -> 127.0.0.1 9"), direction), undefined);
    }
    await away.end();
    assert.is(spawnSync("ip", ["netns", "delete", kind]).status, 0);
  });

  contract("thousands of sockets are known, and of each that is watched the end is told once", async () => {
    const count = 5_000;
    const ports = (await first.do(`
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (${count + 100},) * 2)
many = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(${count})]
for each in many: each.bind(("127.0.0.1", 0))
result = [each.getsockname()[1] for each in many]`)) as number[];
    const known = ports
      .filter((_, index) => kind === "traced" || index % 100 === 0)
      .map((port) => owners.find(udp(`127.0.0.1 ${port} -> 127.0.0.1 9`), "received")!);
    assert.ok(known.every(({ group }) => group === "first"));
    const cookies = owners.cookies("UDP");
    assert.ok(known.every(({ cookie }) => cookies.has(cookie)));
    for (const { cookie } of known) owners.watch(cookie);
    const [forgotten, ...rest] = known;
    owners.unwatch(forgotten!.cookie);
    await first.do("for each in many: each.close()");
    const changes = await nextChange(owners, rest.length);
    assert.equal(changes.map(({ cookie }) => cookie).sort(), rest.map(({ cookie }) => cookie).sort());
    assert.ok(changes.every(({ kind: change }) => change === "closed"));
    assert.equal(owners.changes(), []);
  });

  contract("a socket that was closed before it is watched is told of at once", async () => {
    await first.do('s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5011))');
    const { cookie } = owners.find(udp("127.0.0.1 5011 -> 127.0.0.1 9"), "received")!;
    await first.do("s.close()");
    await until("the kernel has let go of it", () => !owners.cookies("UDP").has(cookie));
    owners.watch(cookie);
    assert.equal(await nextChange(owners), [{ cookie, kind: "closed" }]);
  });

  contract.run();
}

if (isRootOfMachine()) {
  test("who may trace does, and then knows even a sender that is gone", async () => {
    const owners = openSocketOwners();
    assert.is(owners.by, "traced");
    const hasty = await Application.start("hasty");
    await hasty.do(
      's = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5012)); s.sendto(b"", ("127.0.0.1", 9))',
    );
    await hasty.end();
    assert.is(owners.find(udp("127.0.0.1 5012 -> 127.0.0.1 9"), "sent")?.group, "hasty");
    owners.close();
  });
} else {
  test("who is not root of the machine is told why sockets are not traced", () => {
    const owners = openSocketOwners();
    assert.is(owners.by, "scanned");
    assert.match(owners.reason ?? "", /Cannot trace who uses sockets: .*EPERM/);
    owners.close();
  });
}

test.run();

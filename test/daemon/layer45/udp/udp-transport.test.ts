import { test } from "uvu";
import * as assert from "uvu/assert";
import { standardModule } from "../../../../modules/mod.ts";
import type { Application } from "../../linux/application.ts";
import { until } from "../../sleep/until.ts";
import { repeatModule, replaceModule, tag, tagModule, waitModule } from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";
import { addresses, connect, makeLink, port, startBoth } from "./two-hosts.ts";

let engine: RunningEngine;
let both: { alpha: Application; beta: Application };
const say = (text: string) => both.alpha.do(`s.send(b"${text}")`);
const heard = () => both.beta.do("result = got(s)");
const nothing = () => both.beta.do("result = nothing(s)");
const fromAlpha = { application: { group: "alpha" }, remote: { port } };

test.before(async () => {
  makeLink();
  both = await startBoth();
  engine = await new RunningEngine().start();
});
test.after(async () => {
  await both.alpha.end();
  await both.beta.end();
  await engine.engine.stop();
});
test.after.each(async () => {
  assert.equal(engine.complaints, []);
  await engine.revokeAll();
});

for (const family of [4, 6] as const) {
  test(`a datagram that outgrows the MTU goes in fragments, IPv${family}`, async () => {
    await connect(both, family);
    const id = await engine.install(repeatModule(3), { tap: fromAlpha });
    await say("x".repeat(1_400));
    assert.is(await heard(), "x".repeat(4_200));
    assert.is(await engine.counter(id, "customized_total"), 1);
    assert.is(await engine.counter(id, "outgrown_total"), 1);
    await say("x".repeat(400));
    assert.is(await heard(), "x".repeat(1_200));
    assert.is(await engine.counter(id, "outgrown_total"), 1);
  });

  test(`fragments that arrive are put together before a module sees them, IPv${family}`, async () => {
    await connect(both, family);
    await say("hello");
    await both.beta.do("result = s.recvfrom(100); peer = result[1]; result = None");
    await engine.install(tagModule(), {
      role: "receiver",
      tap: { application: { group: "alpha" }, remote: { address: addresses[family].beta } },
    });
    await both.beta.do(`s.sendto(b"${tag}" + b"y" * 4000, peer)`);
    assert.is(await both.alpha.do("result = got(s)"), "y".repeat(4_000));
  });

  test(`what may not be fragmented is not, and the application hears of it, IPv${family}`, async () => {
    await connect(both, family);
    // IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, IP_PMTUDISC_DO.
    const option = family === 4 ? "socket.IPPROTO_IP, 10, 2" : "socket.IPPROTO_IPV6, 23, 2";
    await both.alpha.do(`s.setsockopt(${option})`);
    await engine.install(repeatModule(3), { tap: fromAlpha });
    await both.alpha.do('result = s.send(b"x" * 1400)');
    assert.is(await nothing(), null);
    const error = await both.alpha.do(
      "result = os.strerror(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))",
    );
    assert.is(error, "Message too long");
  });
}

test("an empty datagram, and one that becomes empty, are datagrams", async () => {
  await connect(both, 4);
  await engine.install(tagModule(), { tap: fromAlpha, name: "tag" });
  await say("");
  assert.is(await heard(), tag);
  await engine.install(replaceModule(""), { tap: fromAlpha, name: "empty", priority: 1 });
  await say("something");
  assert.is(await heard(), "");
});

test("the segments of one large send are seen one by one, and a datagram without a checksum too", async () => {
  await connect(both, 4);
  await engine.install(tagModule(), { tap: fromAlpha });
  // UDP_SEGMENT.
  await both.alpha.do('s.setsockopt(socket.IPPROTO_UDP, 103, 4); s.send(b"one_two_end")');
  const segments = [await heard(), await heard(), await heard()];
  assert.equal(
    segments,
    ["one_", "two_", "end"].map((text) => tag + text),
  );
  // SO_NO_CHECK.
  await connect(both, 4);
  await both.alpha.do("s.setsockopt(socket.SOL_SOCKET, 11, 1)");
  await say("unchecked");
  assert.is(await heard(), `${tag}unchecked`);
});

test("a datagram that grows past what there is is refused, and one too long to be seen as well", async () => {
  await both.alpha.do(`r = udp(4, "127.0.0.1", ${port + 1}); r.setsockopt(socket.SOL_SOCKET, 8, 1 << 20)
s = udp(4); s.setsockopt(socket.SOL_SOCKET, 7, 1 << 20); s.connect(("127.0.0.1", ${port + 1}))`);
  const tap = { application: { group: "alpha" }, remote: { port: port + 1 } };
  const id = await engine.install(repeatModule(4), { tap, limits: { memoryBytes: 1 << 20, timeMs: 500 } });
  const sent = async (bytes: number) => {
    await both.alpha.do(`s.send(b"z" * ${bytes})`);
    return both.alpha.do("result = nothing(r, 1); result = result and len(result)");
  };
  assert.is(await sent(16_375), 65_500);
  assert.is(await sent(16_376), 16_376);
  assert.is(await sent(65_507), 65_507);
  assert.is(await engine.counter(id, "refused_total"), 2);
  await engine.install(repeatModule(4), {
    tap,
    onFault: "drop",
    limits: { memoryBytes: 1 << 20, timeMs: 500 },
  });
  assert.is(await sent(16_376), null);
  assert.is(await sent(65_507), null);
  assert.is(await sent(10), 40);
  assert.is(await engine.counter(id, "refused_total"), 4);
  assert.is(await engine.counter(id, "customized_total"), 2);
});

test("a datagram that is held back holds back what comes behind it on its socket, and nothing else", async () => {
  await connect(both, 4);
  await both.alpha.do("other = s.dup()");
  await both.alpha.do(`t = udp(4, "10.9.0.1", 0); t.connect(("10.9.0.2", ${port}))`);
  await engine.install(waitModule(400), { tap: fromAlpha });
  await both.alpha.do('s.send(b"wait"); s.send(b"behind"); t.send(b"aside")');
  assert.equal([await heard(), await heard(), await heard()], ["aside", "wait", "behind"]);
});

test("modules are asked by priority, which may change at any time", async () => {
  await connect(both, 4);
  const one = await engine.install(replaceModule("one"), { tap: fromAlpha, name: "one", priority: 10 });
  await engine.install(replaceModule("two"), { tap: fromAlpha, name: "two", priority: 20 });
  await say("plain");
  assert.is(await heard(), "one");
  await engine.engine.setPriority(one, 30);
  await say("plain");
  assert.is(await heard(), "two");
  await engine.engine.setPriority(one, 10);
  await engine.engine.setState(one, "installed");
  await say("plain");
  assert.is(await heard(), "two");
  await engine.engine.setState(one, "active");
  await engine.engine.revoke(one);
  await say("plain");
  assert.is(await heard(), "two");
});

test("of two modules of one priority the first by name is asked first, however they came", async () => {
  await connect(both, 4);
  for (const name of ["b", "c", "a"]) await engine.install(replaceModule(name), { tap: fromAlpha, name });
  await say("plain");
  assert.is(await heard(), "a");
  await engine.engine.revoke("Customization/default/a/sender");
  await say("plain");
  assert.is(await heard(), "b");
});

test("a new version takes the old one's place on its sockets, and counts on", async () => {
  await connect(both, 4);
  const id = await engine.install(replaceModule("one"), { tap: fromAlpha });
  await say("plain");
  assert.is(await heard(), "one");
  await engine.install(replaceModule("two"), { tap: fromAlpha, attach: "new" });
  await say("plain");
  assert.is(await heard(), "two");
  assert.is(await engine.counter(id, "customized_total"), 2);
  assert.is(await engine.counter(id, "flows"), 1);
});

test("modules are asked for their numbers as often as their monitoring says, and what they say is told unasked", async () => {
  await connect(both, 4);
  const monitor = standardModule("monitor");
  if (!monitor) throw new Error("there is no module monitor");
  const install = (name: string, monitorIntervalMs: number): Promise<string> =>
    engine.install(monitor, { tap: fromAlpha, name, monitorIntervalMs });
  const [often, seldom] = [await install("often", 50), await install("seldom", 3_600_000)];
  const told = (id: string): number | undefined => engine.seen(id)?.counters?.module_sent_messages;
  await until("both have been asked once", () => told(often) === 0 && told(seldom) === 0);
  for (const count of [1, 2, 3]) {
    await say("plain");
    await until(`${count} told`, () => told(often) === count);
  }
  await engine.engine.refresh?.();
  assert.is(told(seldom), 0);
});

test("sockets that are bound to an interface are customized, and those with addresses of one link only", async () => {
  await both.beta.do(`s.close(); s = udp(4, "10.9.0.2", ${port})`);
  await both.alpha.do(
    `s.close(); s = udp(4); s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"to-beta"); s.connect(("10.9.0.2", ${port}))`,
  );
  const tap = { application: { group: "alpha" }, remote: { port } };
  const off = await engine.install(tagModule(), { role: "receiver", tap });
  await say("plain");
  await both.beta.do(`said, peer = s.recvfrom(99); s.sendto(b"${tag}back", peer)`);
  assert.is(await both.alpha.do("result = got(s)"), "back");
  const near = (host: string, at: number): string => `socket.getaddrinfo("${host}", ${at})[0][4]`;
  await both.beta.do(`s.close(); s = udp(6); s.bind(${near("fe80::b%to-alpha", port)})`);
  await both.alpha.do(
    `s.close(); s = udp(6); s.bind(${near("fe80::a%to-beta", 0)}); s.connect(${near("fe80::b%to-beta", port)})`,
  );
  await say("plain");
  await both.beta.do(`said, peer = s.recvfrom(99); s.sendto(b"${tag}back", peer)`);
  assert.is(await both.alpha.do("result = got(s)"), "back");
  assert.is(await engine.counter(off, "customized_total"), 2);
});

test("a customization for new sockets leaves those that there are alone", async () => {
  await connect(both, 4);
  await engine.install(tagModule(), { tap: fromAlpha, attach: "new" });
  await say("old");
  assert.is(await heard(), "old");
  await both.alpha.do(`t = udp(4); t.connect(("10.9.0.2", ${port})); t.send(b"new")`);
  assert.is(await heard(), `${tag}new`);
});

test("a deprecated customization keeps its sockets, takes no new ones, and is idle when they are closed", async () => {
  await connect(both, 4);
  const id = await engine.install(tagModule(), { tap: fromAlpha });
  await say("before");
  assert.is(await heard(), `${tag}before`);
  await engine.engine.setState(id, "deprecated");
  assert.not((await engine.fresh(id)).idle);
  await say("after");
  assert.is(await heard(), `${tag}after`);
  await both.alpha.do(`t = udp(4); t.connect(("10.9.0.2", ${port})); t.send(b"new")`);
  assert.is(await heard(), "new");
  await both.alpha.do("s.close()");
  await engine.untilCounter(id, "flows", (value) => value === 0);
  assert.ok((await engine.fresh(id)).idle);
  await both.alpha.do("t.close()");
});

test("a port that another process takes over is that process's", async () => {
  await both.beta.do(`s.close(); s = udp(4, "10.9.0.2", ${port})`);
  // Closed when it has arrived: without tracing nobody can tell whose a socket was that is gone.
  const arrives = async (from: Application) => {
    await from.do('t = udp(4, "10.9.0.1", 7100); t.sendto(b"mine", ("10.9.0.2", 7000))');
    const text = await heard();
    await from.do("t.close()");
    return text;
  };
  await engine.install(tagModule(), { tap: fromAlpha });
  assert.is(await arrives(both.alpha), `${tag}mine`);
  const other = await startOther();
  try {
    assert.is(await arrives(other), "mine");
    assert.is(await arrives(both.alpha), `${tag}mine`);
  } finally {
    await other.end();
  }
});

async function startOther(): Promise<Application> {
  const { alpha, beta } = await startBoth();
  await beta.end();
  await alpha.do('rename("gamma", os.getpid())');
  return alpha;
}

test.run();

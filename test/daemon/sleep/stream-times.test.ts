import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Accepted, acceptTcp, closeTcp } from "../../../daemon/linux/mod.ts";
import { listenTcp } from "../../../daemon/linux/tcp-socket.ts";
import { Connection, connectionTimes, type Stage } from "../../../daemon/sleep/connection.ts";
import { type Conversation, Conversations } from "../../../daemon/sleep/conversations.ts";
import type { Link } from "../../../daemon/sleep/link.ts";
import type { Rule } from "../../../daemon/sleep/rule.ts";
import { Splices, spliceTimes } from "../../../daemon/sleep/splices.ts";
import { Watch } from "../../../daemon/sleep/watch.ts";
import { until } from "./until.ts";

/** How long connections of streams are kept: decided from a time that is given, so that it can be put forward here. */
const startMs = 1_000;
const { idleMs, heldMs, endedMs } = connectionTimes;
const loopback = Uint8Array.of(127, 0, 0, 1);

function connection(stage: Stage, movedMs = startMs): Connection {
  const rule = {} as Rule;
  const conversation = {} as Conversation;
  const ends = { peer: loopback, peerPort: 1, own: loopback, ownPort: 2 };
  const made = new Connection({ number: 1, fd: -1, rule, ends, conversation }, movedMs);
  made.stage = stage;
  return made;
}

const first = new Uint8Array(0);
const table: [what: string, Connection, afterMs: number, outcome: "orderly" | "reset"][] = [
  ["one on which nothing moves", connection({ kind: "speaking" }), idleMs, "reset"],
  ["one whose peer reads nothing of the last words", connection({ kind: "closing" }), idleMs, "reset"],
  [
    "one that waits for its host",
    connection({ kind: "held", first, sinceMs: startMs }, startMs - 10_000),
    heldMs,
    "reset",
  ],
  ["one that was ended from here", connection({ kind: "ended", sinceMs: startMs }), endedMs, "orderly"],
];
for (const [what, one, afterMs, outcome] of table) {
  test(`${what} is kept for ${afterMs / 1000} s, and then ends ${outcome === "reset" ? "by a reset" : "as TCP does"}`, () => {
    assert.is(one.overdue(startMs), undefined);
    assert.is(one.overdue(startMs + afterMs - 1), undefined);
    assert.is(one.overdue(startMs + afterMs), outcome);
  });
}

test("one on which something moved is kept anew", () => {
  const one = connection({ kind: "speaking" });
  one.movedMs = startMs + idleMs;
  assert.is(one.overdue(startMs + idleMs), undefined);
  assert.is(one.overdue(startMs + 2 * idleMs), "reset");
});

/** The host that woke: it sends back what it gets. */
async function startHost(port: number): Promise<Server> {
  const host = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  host.listen(port, "127.0.0.1");
  await once(host, "listening");
  return host;
}

interface Spliced {
  splices: Splices;
  conversations: Conversations;
  conversation: Conversation;
  link: Link;
  client: Socket;
  turn(nowMs: number): void;
}

/** Hands a client's connection over, and tells `use` of it. */
async function withSplice(port: number, use: (spliced: Spliced) => Promise<void>): Promise<void> {
  const watch = new Watch();
  const held = new Set<number>();
  const conversations = new Conversations();
  const context = {
    watch,
    buffer: new Uint8Array(4_096),
    hold: (fd: number) => void held.add(fd),
    release: (fd: number) => void held.delete(fd),
  };
  const splices = new Splices(conversations, context);
  const link = { users: 0 } as Link;
  const conversation = conversations.begin("one", {} as Rule, link);
  const listener = listenTcp(loopback, port + 1, 1);
  const client = connect(port + 1, "127.0.0.1");
  try {
    await once(client, "connect");
    const { fd } = acceptTcp(listener) as Accepted;
    held.add(fd);
    const ends = { peer: loopback, peerPort: 1, own: loopback, ownPort: port };
    splices.add({ fd, ends, conversation, first: Buffer.from("first ") }, startMs);
    const turn = (nowMs: number) => {
      watch.turn();
      splices.settle(nowMs);
    };
    await use({ splices, conversations, conversation, link, client, turn });
    assert.equal([...held], [], "all is given back");
  } finally {
    client.destroy();
    closeTcp(listener, "reset");
    watch.close();
  }
}

test("a connection that was handed over is broken off when nothing has moved for half an hour, and forgotten a little later", async () => {
  const port = 7_110;
  const host = await startHost(port);
  await withSplice(port, async ({ splices, conversations, link, client, turn }) => {
    let heard = "";
    client.on("data", (piece) => (heard += piece));
    const broken = once(client, "error");
    await until("the host has answered", () => {
      turn(startMs);
      return heard === "first ";
    });
    const movedMs = performance.now();
    turn(movedMs + spliceTimes.idleMs - 5_000);
    assert.equal([splices.size, link.users], [1, 1]);
    const endMs = movedMs + spliceTimes.idleMs + 5_000;
    turn(endMs);
    assert.is((await broken)[0].code, "ECONNRESET");
    assert.is(splices.size, 1, "what was sent last may still be asked for again");
    assert.ok(conversations.get("one"));
    turn(endMs + spliceTimes.lingerMs - 1);
    assert.is(splices.size, 1);
    turn(endMs + spliceTimes.lingerMs);
    assert.equal([splices.size, link.users], [0, 0]);
    assert.is(conversations.get("one"), undefined);
  });
  host.close();
});

test("a connection whose host never listens is broken off after half a minute", async () => {
  await withSplice(7_120, async ({ splices, client, turn }) => {
    const broken = once(client, "error");
    for (let nowMs = startMs; nowMs < startMs + spliceTimes.askForMs; nowMs += 1_000) turn(nowMs);
    assert.is(splices.size, 1);
    assert.not(client.destroyed);
    turn(startMs + spliceTimes.askForMs);
    assert.is((await broken)[0].code, "ECONNRESET");
  });
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Customization } from "../../../../daemon/layer45/customization.ts";
import type { Direction } from "../../../../daemon/layer45/message-counts.ts";
import { Datagram } from "../../../../daemon/layer45/udp/datagram.ts";
import { Paths } from "../../../../daemon/layer45/udp/paths.ts";
import type { SocketChange, SocketEnds, SocketOwner, SocketOwners } from "../../../../daemon/linux/mod.ts";
import { madeCustomization } from "../made-customization.ts";
import { tagModule } from "../modules.ts";

/** Whose sockets are as a test says; that the kernel's are told right is for the tests of daemon/linux. */
class FakeOwners implements SocketOwners {
  readonly by = "scanned";
  readonly fd = -1;
  readonly byPort = new Map<number, SocketOwner>();
  readonly watched = new Set<bigint>();
  news: SocketChange[] = [];
  asked = 0;

  has(port: number, cookie: bigint, group: string): void {
    this.byPort.set(port, { cookie, inode: 1, process: 7, task: group, group, otherTasks: [] });
  }
  find({ localPort }: SocketEnds): SocketOwner | undefined {
    this.asked += 1;
    return this.byPort.get(localPort);
  }
  watch(cookie: bigint): void {
    this.watched.add(cookie);
  }
  unwatch(cookie: bigint): void {
    this.watched.delete(cookie);
  }
  changes(): SocketChange[] {
    return this.news.splice(0);
  }
  cookies = () => new Set<bigint>();
  holdings = () => [];
  close = () => undefined;
}

let owners: FakeOwners;
let paths: Paths;
test.before.each(() => {
  owners = new FakeOwners();
  paths = new Paths(owners);
});

const customization = (id: string, group: string, priority = 100): Customization =>
  madeCustomization(tagModule(), { id, priority, tap: { application: { group }, remote: { port: 53 } } });

/** A query from a port, or its answer. */
function datagram(direction: Direction, port: number, peer = 3): Datagram {
  const packet = Buffer.alloc(30);
  packet[0] = 0x45;
  packet.writeUInt16BE(30, 2);
  packet[9] = 17;
  const here = [10, 0, 0, 1];
  const there = [10, 0, 0, peer];
  packet.set(direction === "out" ? [...here, ...there] : [...there, ...here], 12);
  packet.writeUInt16BE(direction === "out" ? port : 53, 20);
  packet.writeUInt16BE(direction === "out" ? 53 : port, 22);
  packet.writeUInt16BE(10, 24);
  const made = new Datagram();
  assert.ok(made.read(packet, 0, packet.length));
  return made;
}

const asked = (direction: Direction, port: number, nowMs = 0, peer = 3): string[] =>
  (paths.find(direction, datagram(direction, port, peer), nowMs)?.stations ?? []).map(
    ({ attachment }) => attachment.customization.id,
  );

test("whose a socket is is asked once, and its customizations come by priority", () => {
  owners.has(1_000, 1n, "dig");
  paths.settle([
    customization("one", "dig", 1),
    customization("two", "dig", 2),
    customization("other", "curl", 3),
  ]);
  for (let count = 0; count < 3; count += 1) assert.equal(asked("out", 1_000), ["one", "two"]);
  assert.is(owners.asked, 1);
  assert.equal(asked("in", 1_000), ["one", "two"]);
  assert.is(
    paths.find("in", datagram("in", 1_000), 0)?.flow,
    paths.find("out", datagram("out", 1_000), 0)?.flow,
  );
});

test("nobody's datagrams are asked about again", () => {
  paths.settle([customization("one", "dig")]);
  assert.is(paths.find("in", datagram("in", 9), 0), undefined);
  owners.has(9, 1n, "dig");
  assert.equal(asked("in", 9), ["one"]);
});

test("a socket that is closed is forgotten, with what was kept of it; its port may be another's", () => {
  owners.has(1_000, 1n, "dig");
  const one = customization("one", "dig");
  paths.settle([one]);
  asked("out", 1_000);
  assert.equal([...owners.watched], [1n]);
  assert.is(one.flows, 1);
  owners.has(1_000, 2n, "curl");
  owners.news = [{ cookie: 1n, kind: "closed" }];
  paths.follow();
  assert.is(one.flows, 0);
  assert.equal(asked("out", 1_000), []);
  assert.equal([...owners.watched], [2n]);
});

test("a socket that is passed on to a process of another name leaves its customizations", () => {
  owners.has(1_000, 1n, "dig");
  const one = customization("one", "dig");
  paths.settle([one]);
  asked("out", 1_000);
  owners.has(1_000, 1n, "curl");
  assert.equal(asked("out", 1_000), ["one"]);
  owners.news = [{ cookie: 1n, kind: "passed" }];
  paths.follow();
  assert.equal(asked("out", 1_000), []);
  assert.is(one.flows, 0);
});

test("a socket that connects where another was bound is found out after a while", () => {
  owners.has(1_000, 1n, "dig");
  paths.settle([customization("one", "dig")]);
  assert.equal(asked("out", 1_000, 0), ["one"]);
  owners.has(1_000, 2n, "curl");
  assert.equal(asked("out", 1_000, 999), ["one"]);
  assert.equal(asked("out", 1_000, 1_000), []);
});

test("a deprecated customization keeps its socket, for other peers too, and lets go of it when it had nothing to do", () => {
  owners.has(1_000, 1n, "dig");
  owners.has(1_001, 2n, "dig");
  const one = customization("one", "dig");
  paths.settle([one]);
  asked("out", 1_000, 5_000);
  one.state = "deprecated";
  paths.settle([one]);
  assert.equal(asked("out", 1_000, 6_000, 4), ["one"]);
  assert.equal(asked("out", 1_001, 6_000), []);
  paths.release(5_000);
  assert.is(one.flows, 1);
  paths.release(5_001);
  assert.is(one.flows, 0);
  assert.ok(one.observe().idle);
  assert.equal(asked("out", 1_000, 6_500), []);
});

/** More than there are ports: of so many each has another port, or another peer. */
const many = 65_536;
const placeOf = (number: number): [port: number, peer: number] => [
  1 + (number % 60_000),
  3 + Math.floor(number / 60_000),
];

test("so many sockets are remembered, and those that are used longest ago forgotten for others", () => {
  const one = customization("one", "dig");
  paths.settle([one]);
  const use = (number: number): void => {
    const [port, peer] = placeOf(number);
    owners.has(port, BigInt(number), "dig");
    assert.equal(asked("out", port, 0, peer), ["one"]);
  };
  for (let number = 0; number < many; number += 1) use(number);
  assert.is(owners.watched.size, many);
  // Socket 0 is used again, for another peer.
  owners.has(1, 0n, "dig");
  asked("out", 1, 0, 9);
  use(many);
  assert.is(owners.watched.size, many);
  assert.is(one.flows, many);
  assert.equal(
    [0n, 1n, 2n, BigInt(many)].map((cookie) => owners.watched.has(cookie)),
    [true, false, true, true],
  );
});

test("so many pairs of ends are remembered of a socket, and of those that are known longest it is asked again", () => {
  paths.settle([customization("one", "dig")]);
  const use = (number: number): boolean => {
    const [port, peer] = placeOf(number);
    const before = owners.asked;
    owners.has(port, 7n, "dig");
    asked("out", port, 0, peer);
    return owners.asked > before;
  };
  for (let number = 0; number < many; number += 1) assert.ok(use(number));
  assert.equal([0, many - 1].map(use), [false, false]);
  assert.ok(use(many));
  assert.equal([many - 1, many, 0].map(use), [false, false, true]);
  assert.is(owners.watched.size, 1);
});

test("an active customization is let go of nothing", () => {
  owners.has(1_000, 1n, "dig");
  const one = customization("one", "dig");
  paths.settle([one]);
  asked("out", 1_000);
  paths.release(Number.POSITIVE_INFINITY);
  assert.is(one.flows, 1);
});

test.run();

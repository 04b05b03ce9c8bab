import { test } from "uvu";
import * as assert from "uvu/assert";
import { decide, nextTerm, noteRead } from "../../../bus/leader/election.ts";
import { bucketLease, type Lease, type LeaseStore, type StoredLease } from "../../../bus/leader/lease.ts";
import { type Bus, Elector, memoryBus } from "../../../bus/mod.ts";
import { unavailable } from "../../../bus/requesting.ts";
import { eventually } from "../eventually.ts";
import { NatsServer } from "../nats-server.ts";
import { VirtualTime } from "./virtual-time.ts";

const self = { id: "me", durationMs: 6_000 };
const at = (monotonicMs: number, wallMs = 0) => ({ monotonicMs, wallMs });
const stored = (holder: string, term = 5, durationMs = 6_000): StoredLease => ({
  lease: { holder, term, durationMs },
  version: "v1",
});

test("a candidate takes what is free, and waits for what is not", () => {
  const seen = (what: StoredLease | undefined) => ({ seen: { stored: what, sinceMs: 1_000 }, termMin: 0 });
  const mine = (term: number): Lease => ({ holder: "me", term, durationMs: 6_000 });
  assert.equal(decide(self, { seen: undefined, termMin: 0 }, at(0)), { kind: "read" });
  assert.equal(decide(self, seen(undefined), at(1_000)), {
    kind: "write",
    lease: mine(1),
    version: undefined,
  });
  assert.equal(decide(self, seen(stored("other")), at(6_999)), { kind: "wait" });
  assert.equal(decide(self, seen(stored("other")), at(7_000)), {
    kind: "write",
    lease: mine(6),
    version: "v1",
  });
  assert.equal(decide(self, seen(stored("other", 5, 60_000)), at(7_000)), { kind: "wait" });
  assert.equal(decide(self, seen(stored("")), at(1_000)), { kind: "write", lease: mine(6), version: "v1" });
  assert.equal(decide(self, seen(stored("me")), at(1_000)), { kind: "write", lease: mine(5), version: "v1" });
  const overtaken = { ...seen(stored("me")), termMin: 9 };
  assert.equal(decide(self, overtaken, at(1_000)), { kind: "write", lease: mine(9), version: "v1" });
});

test("a term is above the last, and above the clock's seconds", () => {
  assert.is(nextTerm(7, 0, 3_000), 8);
  assert.is(nextTerm(7, 20, 3_000), 20);
  assert.is(nextTerm(7, 0, 1_700_000_000_999), 1_700_000_000);
});

test("an unchanged lease keeps the time it was first seen", () => {
  const first = noteRead({ seen: undefined, termMin: 0 }, stored("other"), 100);
  assert.is(noteRead(first, stored("other"), 900).seen?.sinceMs, 100);
  assert.is(noteRead(first, { ...stored("other"), version: "v2" }, 900).seen?.sinceMs, 900);
});

/** Numbers that repeat for one seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A store behind a network that delays, and that loses calls before or after they were carried out. */
function faultyStore(
  time: VirtualTime,
  record: { current: StoredLease | undefined },
  random: () => number,
): LeaseStore {
  const later = <T>(carryOut: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const [lostBefore, lostAfter] = [random() < 0.05, random() < 0.05];
      time.after(random() ** 4 * 3_000, () => {
        if (lostBefore) return reject(unavailable("lost on the way there"));
        const result = carryOut();
        time.after(random() ** 4 * 3_000, () =>
          lostAfter ? reject(unavailable("lost on the way back")) : resolve(result),
        );
      });
    });
  let version = 0;
  return {
    read: () => later(() => record.current),
    write: (lease, expected) =>
      later(() => {
        if (record.current?.version !== expected) return undefined;
        record.current = { lease, version: `${lease.holder}-${lease.term}-${version++}` };
        return record.current.version;
      }),
  };
}

test("in whatever way calls are lost, clocks drift and processes stall, never two lead, and terms rise", async () => {
  let elections = 0;
  let ledMs = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = randomOf(seed);
    const time = new VirtualTime();
    const record: { current: StoredLease | undefined } = { current: undefined };
    const stalls = [0, 0, 0];
    const electors = stalls.map((_, i) =>
      Elector.start({
        id: `candidate-${i}`,
        store: faultyStore(time, record, random),
        timing: time.clock({
          rate: 0.95 + random() * 0.1,
          wallOffsetMs: random() * 1_000_000,
          stalledUntilMs: () => stalls[i] as number,
        }),
      }),
    );
    let lastLeader = -1;
    let lastTerm = 0;
    let lastMs = 0;
    const check = (): void => {
      const leaders = electors.flatMap(({ term }, i) => (term === undefined ? [] : [{ i, term }]));
      assert.ok(leaders.length <= 1, `seed ${seed}: ${JSON.stringify(leaders)} lead at ${time.nowMs} ms`);
      const [leader] = leaders;
      if (leader) {
        if (leader.i !== lastLeader) {
          assert.ok(leader.term > lastTerm, `seed ${seed}: term ${leader.term} after ${lastTerm}`);
          elections++;
        }
        assert.ok(leader.term >= lastTerm);
        [lastLeader, lastTerm] = [leader.i, leader.term];
        ledMs += time.nowMs - lastMs;
      }
      lastMs = time.nowMs;
    };
    for (let second = 5; second <= 120; second += 5) {
      // Most often it is the leader that stalls: that is when another takes its place.
      const victim = random() < 0.7 && lastLeader >= 0 ? lastLeader : Math.floor(random() * 3);
      if (random() < 0.4) stalls[victim] = time.nowMs + random() * 15_000;
      await time.runUntil(second * 1_000, check);
    }
    for (const elector of electors) void elector.stop();
    await time.runUntil(time.nowMs + 30_000, check);
  }
  assert.ok(elections > 100, `only ${elections} elections: the world is too kind to prove anything`);
  assert.ok(ledMs > 40 * 120_000 * 0.5, `led only ${ledMs} ms: nobody leads most of the time`);
});

async function twoCandidates(buses: [Bus, Bus], durationMs: number): Promise<[Elector, Elector]> {
  const start = async (bus: Bus, id: string): Promise<Elector> =>
    Elector.start({ store: bucketLease(await bus.bucket("record"), "leader"), id, durationMs });
  return [await start(buses[0], "a"), await start(buses[1], "b")];
}

async function leaderOf(electors: readonly Elector[]): Promise<Elector> {
  await eventually(() => electors.some(({ term }) => term !== undefined), "somebody leads");
  return electors.find(({ term }) => term !== undefined) as Elector;
}

async function followsAfterStop(buses: [Bus, Bus]): Promise<void> {
  const [a, b] = await twoCandidates(buses, 8_000);
  const first = await leaderOf([a, b]);
  const other = first === a ? b : a;
  const firstTerm = first.term as number;
  assert.is(other.term, undefined);
  let changes = 0;
  other.onChange(() => changes++);
  await first.stop();
  assert.is(first.term, undefined);
  await eventually(() => other.term !== undefined, "the other follows");
  assert.ok((other.term as number) > firstTerm);
  assert.is(changes, 1);
  await other.stop();
}

test("memory: one of two leads, and the other follows when it stops", async () => {
  const bus = memoryBus();
  await followsAfterStop([bus, bus.join()]);
  await bus.close();
});

test("nats: one of two leads, and the other follows when it stops", async () => {
  const server = await NatsServer.start();
  const buses: [Bus, Bus] = [await server.join(), await server.join()];
  await followsAfterStop(buses);
  for (const bus of buses) await bus.close();
  await server.remove();
});

test("nats: a leader whose bus is gone leads no more before another does", async () => {
  const server = await NatsServer.start();
  const buses: [Bus, Bus] = [await server.join(), await server.join()];
  const [a, b] = await twoCandidates(buses, 2_000);
  const first = await leaderOf([a, b]);
  const other = first === a ? b : a;
  let bothLed = false;
  const watching = setInterval(() => {
    bothLed ||= a.term !== undefined && b.term !== undefined;
  }, 1);
  await (first === a ? buses[0] : buses[1]).close();
  await eventually(() => first.term === undefined && other.term !== undefined, "the other follows");
  clearInterval(watching);
  assert.not(bothLed);
  await Promise.all([a.stop(), b.stop()]);
  for (const bus of buses) await bus.close();
  await server.remove();
});

test("nats: a server that is away for a moment costs nobody the lead; one that is away for long does", async () => {
  const server = await NatsServer.start();
  const bus = await server.join();
  const lease = bucketLease(await bus.bucket("record"), "leader");
  const elector = Elector.start({ store: lease, id: "a", durationMs: 20_000 });
  const term = (await leaderOf([elector])).term as number;
  await server.stop();
  await server.run();
  const version = (await eventuallyRead(lease)).version;
  await eventually(
    async () => (await lease.read())?.version !== version,
    "the lease is renewed again",
    20_000,
  );
  assert.is(elector.term, term);
  const brief = Elector.start({
    store: bucketLease(await bus.bucket("record"), "other"),
    id: "b",
    durationMs: 1_500,
  });
  await leaderOf([brief]);
  await server.stop();
  await eventually(() => brief.term === undefined, "the lead is lost");
  await server.run();
  await eventually(() => brief.term !== undefined, "it is regained");
  await Promise.all([elector.stop(), brief.stop()]);
  await bus.close();
  await server.remove();
});

async function eventuallyRead(lease: LeaseStore): Promise<StoredLease> {
  let read: StoredLease | undefined;
  await eventually(async () => {
    read = await lease.read().catch(() => undefined);
    return read !== undefined;
  }, "the lease can be read");
  return read as StoredLease;
}

test("a claim of a newer term is outbid when it can be true, once a minute", async () => {
  const bus = memoryBus();
  const store = bucketLease(await bus.bucket("record"), "leader");
  const elector = Elector.start({ store, id: "a" });
  const term = (await leaderOf([elector])).term as number;
  elector.overtaken(Number.MAX_SAFE_INTEGER);
  elector.overtaken(term + 100);
  await eventually(() => elector.term === term + 101, "the claim is outbid");
  elector.overtaken(term + 500);
  const { version } = (await store.read()) as StoredLease;
  await eventually(async () => (await store.read())?.version !== version, "the lease is renewed");
  assert.is(elector.term, term + 101);
  await elector.stop();
  await bus.close();
});

test.run();

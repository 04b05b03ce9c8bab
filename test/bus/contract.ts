import { randomBytes, randomUUID } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bucket, Bus, BusOptions, Message, MessageHandler, WatchEvent } from "../../bus/mod.ts";
import { type ProblemCode, ProblemError } from "../../schemas/mod.ts";
import { eventually } from "./eventually.ts";

/** One bus seen from two places: what one says, the other hears. */
export interface ContractWorld {
  join(options?: BusOptions): Promise<Bus>;
  end(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const string = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const unique = (): string => `t${randomUUID().replaceAll("-", "").slice(0, 20)}`;

const question = "is somebody there?";

/**
 * A handler that takes note and answers with nothing, so that `listening` can see it. The question itself is not noted:
 * it goes to all, and the first to answer may be long before the last to hear it.
 */
const answering =
  (note: (message: Message) => unknown): MessageHandler =>
  (message) => {
    if (string(message.payload) !== question) note(message);
    return bytes("");
  };

export async function rejectsWith(attempt: Promise<unknown>, code: ProblemCode): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    assert.instance(error, ProblemError, String(error));
    assert.is((error as ProblemError).problem.code, code);
    return;
  }
  assert.unreachable(`did not reject with ${code}`);
}

/** Subscriptions travel; a request sees whether they have arrived. */
export async function listening(bus: Bus, subject: string): Promise<void> {
  await eventually(async () => {
    try {
      await bus.request(subject, bytes(question), { timeoutMs: 1_000 });
      return true;
    } catch {
      return false;
    }
  }, `somebody listens on ${subject}`);
}

/** What every adapter has to do. `open` makes a new bus, seen from as many places as `join` is called. */
export function busContract(name: string, open: () => Promise<ContractWorld>): void {
  const test = suite<{ world: ContractWorld; here: Bus; there: Bus }>(`${name} keeps the Bus contract`);

  test.before(async (context) => {
    context.world = await open();
    context.here = await context.world.join();
    context.there = await context.world.join();
  });
  test.after((context) => context.world.end());

  test("a message reaches every subscriber of its subject, in order, and no other", async ({
    here,
    there,
  }) => {
    const subject = unique();
    const heard: string[] = [];
    const elsewhere: string[] = [];
    for (const bus of [here, there]) {
      bus.subscribe(
        `${subject}.a`,
        answering(({ payload }) => heard.push(string(payload))),
      );
      bus.subscribe(`${subject}.b`, ({ payload }) => void elsewhere.push(string(payload)));
    }
    await listening(here, `${subject}.a`);
    await listening(there, `${subject}.a`);
    for (let i = 0; i < 100; i++) here.publish(`${subject}.a`, bytes(String(i)));
    await eventually(() => heard.length === 200, "both heard all");
    const first = heard.filter((text, at) => heard.indexOf(text) === at);
    assert.equal(
      first,
      Array.from({ length: 100 }, (_, i) => String(i)),
    );
    assert.equal(elsewhere, []);
  });

  test("* stands for one token and > for the rest", async ({ here, there }) => {
    const subject = unique();
    const heard: Record<string, string[]> = { one: [], rest: [], exact: [] };
    there.subscribe(`${subject}.*.c`, (message) => void heard.one?.push(message.subject));
    there.subscribe(
      `${subject}.>`,
      answering((message) => heard.rest?.push(message.subject)),
    );
    there.subscribe(
      `${subject}.a`,
      answering((message) => heard.exact?.push(message.subject)),
    );
    await listening(here, `${subject}.a`);
    for (const tail of ["b.c", "b.d", "b.c.d", "a"]) here.publish(`${subject}.${tail}`, bytes(""));
    here.publish(subject, bytes(""));
    await eventually(() => heard.rest?.length === 4, "all tails heard");
    assert.equal(heard.one, [`${subject}.b.c`]);
    assert.equal(heard.exact, [`${subject}.a`]);
  });

  test("of a queue group one member gets each message", async ({ here, there }) => {
    const subject = unique();
    const counts = [0, 0];
    here.subscribe(
      subject,
      answering(() => counts[0]!++),
      { queue: "group" },
    );
    there.subscribe(
      subject,
      answering(() => counts[1]!++),
      { queue: "group" },
    );
    await listening(here, subject);
    await listening(there, subject);
    await eventually(async () => {
      await here.request(subject, bytes("x"), { timeoutMs: 60_000 });
      return counts[0]! > 0 && counts[1]! > 0;
    }, "both members are there");
    counts.fill(0);
    await Promise.all(
      Array.from({ length: 60 }, () => here.request(subject, bytes("x"), { timeoutMs: 60_000 })),
    );
    assert.is(counts[0]! + counts[1]!, 60);
  });

  test("an unsubscribed handler hears nothing more", async ({ here, there }) => {
    const subject = unique();
    let heard = 0;
    const subscription = there.subscribe(
      subject,
      answering(() => heard++),
    );
    await listening(here, subject);
    subscription.unsubscribe();
    heard = 0;
    await rejectsWith(here.request(subject, bytes(""), { timeoutMs: 200 }), "bus.unavailable");
    assert.is(heard, 0);
  });

  test("a request is answered with what the handler resolves to", async ({ here, there }) => {
    const subject = unique();
    there.subscribe(subject, async ({ payload }) => bytes(`${string(payload)}!`));
    await listening(here, subject);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => here.request(subject, bytes(String(i)), { timeoutMs: 60_000 })),
    );
    assert.equal(
      answers.map(string),
      Array.from({ length: 50 }, (_, i) => `${i}!`),
    );
  });

  test("a request that nobody can answer rejects", async ({ here, there }) => {
    const subject = unique();
    const started = performance.now();
    await rejectsWith(here.request(subject, bytes(""), { timeoutMs: 60_000 }), "bus.unavailable");
    assert.ok(performance.now() - started < 30_000, "nobody listening is noticed before the timeout");
    there.subscribe(`${subject}.silent`, () => undefined);
    await rejectsWith(here.request(`${subject}.silent`, bytes(""), { timeoutMs: 100 }), "bus.unavailable");
    const abort = AbortSignal.timeout(50);
    await rejectsWith(
      here.request(`${subject}.silent`, bytes(""), { timeoutMs: 60_000, signal: abort }),
      "bus.unavailable",
    );
  });

  test("a handler that fails is reported on its side and refused on the other", async ({ world, here }) => {
    const subject = unique();
    const codes: string[] = [];
    const failing = await world.join({ onProblem: (found) => codes.push(found.code) });
    failing.subscribe(subject, () => {
      throw new Error("the secret is 1234");
    });
    let message = "";
    await eventually(async () => {
      message = await here.request(subject, bytes(""), { timeoutMs: 1_000 }).then(
        () => "answered",
        (error: Error) => error.message,
      );
      return message.includes("failed");
    }, "the request is refused");
    assert.not.match(message, "1234");
    assert.ok(codes.includes("internal"));
    await failing.close();
  });

  test("beyond the limit of messages in work, requests are refused and the rest is dropped", async ({
    world,
    here,
  }) => {
    const subject = unique();
    const codes: string[] = [];
    const busy = await world.join({ onProblem: (found) => codes.push(found.code) });
    let release: (() => void) | undefined;
    const gate = new Promise<void>((done) => (release = done));
    let begun = 0;
    busy.subscribe(
      subject,
      async ({ payload }) => {
        if (string(payload) === question) return bytes("");
        begun++;
        await gate;
        return bytes("done");
      },
      { pendingMax: 3 },
    );
    await listening(here, subject);
    const asked = Array.from({ length: 10 }, () =>
      here.request(subject, bytes("x"), { timeoutMs: 10_000 }).then(string, () => "refused"),
    );
    await eventually(async () => begun === 3 && (await settledCount(asked)) === 7, "seven are refused");
    release?.();
    assert.equal((await Promise.all(asked)).sort(), [...Array(3).fill("done"), ...Array(7).fill("refused")]);
    assert.is(begun, 3);
    await busy.close();
  });

  test("a payload over the limit is refused before it is sent", async ({ here }) => {
    const large = new Uint8Array(here.payloadBytesMax + 1);
    assert.throws(
      () => here.publish("large", large),
      (error: unknown) => (error as ProblemError).problem.code === "bus.payload-too-large",
    );
    await rejectsWith(here.request("large", large, { timeoutMs: 100 }), "bus.payload-too-large");
    const bucket = await here.bucket(unique());
    await rejectsWith(bucket.put("key", large), "bus.payload-too-large");
    const queue = await here.queue(unique());
    await rejectsWith(queue.add(large), "bus.payload-too-large");
    assert.is(here.state, "connected");
  });

  test("a payload of the very limit arrives whole", async ({ here, there }) => {
    const subject = unique();
    there.subscribe(subject, ({ payload }) => payload);
    await listening(here, subject);
    const large = randomBytes(here.payloadBytesMax);
    const back = await here.request(subject, large, { timeoutMs: 60_000 });
    assert.is(Buffer.compare(back, large), 0);
  });

  test("a bucket keeps what was put last, seen from everywhere", async ({ here, there }) => {
    const name = unique();
    const [mine, theirs] = await both(name, here, there);
    assert.is(await mine.get("a.b"), undefined);
    const first = await mine.put("a.b", bytes("1"));
    const second = await theirs.put("a.b", bytes("2"));
    assert.ok(second > first);
    const entry = await mine.get("a.b");
    assert.equal([entry?.key, string(entry!.value), entry?.revision], ["a.b", "2", second]);
    await mine.put("c/d", bytes(""));
    assert.is((await theirs.get("c/d"))?.value.byteLength, 0);
    assert.equal((await mine.keys()).sort(), ["a.b", "c/d"]);
    assert.is(await theirs.delete("a.b"), true);
    assert.is(await mine.get("a.b"), undefined);
    assert.equal(await mine.keys(), ["c/d"]);
    assert.is(await mine.delete("never.was"), true);
  });

  test("compare-and-set lets one of two writers through", async ({ here, there }) => {
    const [mine, theirs] = await both(unique(), here, there);
    const created = await Promise.all([mine.create("k", bytes("m")), theirs.create("k", bytes("t"))]);
    assert.is(created.filter((revision) => revision !== undefined).length, 1);
    for (let round = 0; round < 20; round++) {
      const { revision } = (await mine.get("k"))!;
      const updated = await Promise.all([
        mine.update("k", bytes(`m${round}`), revision),
        theirs.update("k", bytes(`t${round}`), revision),
      ]);
      const winner = updated.filter((done) => done !== undefined);
      assert.is(winner.length, 1);
      assert.is((await theirs.get("k"))?.revision, winner[0]);
    }
    const { revision } = (await mine.get("k"))!;
    assert.is(await mine.delete("k", { revision: revision - 1 }), false);
    assert.is(await mine.delete("k", { revision }), true);
    assert.is(await mine.delete("k", { revision }), false);
    assert.is(await mine.update("k", bytes("x"), revision), undefined);
    assert.ok((await theirs.create("k", bytes("again")))! > revision);
  });

  test("a watch tells what is there, then that it has, then every change", async ({ here, there }) => {
    const [mine, theirs] = await both(unique(), here, there);
    await mine.put("a.1", bytes("one"));
    await mine.put("b.1", bytes("other"));
    await mine.put("a.2", bytes("two"));
    await mine.delete("a.2");
    const seen: string[] = [];
    const subscription = await theirs.watch((event) => seen.push(line(event)), { key: "a.*" });
    await eventually(() => seen.includes("synced"), "the watch is synced");
    assert.equal(seen, ["put a.1 one", "synced"]);
    await mine.put("a.3", bytes("three"));
    await mine.put("b.2", bytes("other"));
    await mine.put("a.1", bytes("uno"));
    await mine.delete("a.3");
    await eventually(() => seen.includes("delete a.3"), "the last change is seen");
    assert.equal(seen, ["put a.1 one", "synced", "put a.3 three", "put a.1 uno", "delete a.3"]);
    subscription.unsubscribe();
    await mine.put("a.4", bytes("four"));
    await here.request(unique(), bytes(""), { timeoutMs: 100 }).catch(() => undefined);
    assert.is(seen.length, 5);
  });

  test("a watch of an empty bucket is synced at once", async ({ here }) => {
    const bucket = await here.bucket(unique());
    const seen: string[] = [];
    const subscription = await bucket.watch((event) => seen.push(line(event)));
    await eventually(() => seen.length > 0, "synced");
    assert.equal(seen, ["synced"]);
    subscription.unsubscribe();
  });

  test("entries of a bucket with a time to live vanish", async ({ here }) => {
    const bucket = await here.bucket(unique(), { ttlMs: 200 });
    await bucket.put("k", bytes("v"));
    await eventually(async () => (await bucket.get("k")) === undefined, "the entry is gone");
    assert.equal(await bucket.keys(), []);
    assert.ok(await bucket.create("k", bytes("w")));
  });

  test("each job goes to one consumer and is acknowledged by its resolving", async ({ here, there }) => {
    const name = unique();
    const queue = await here.queue(name);
    const done: string[] = [];
    for (let i = 0; i < 20; i++) await queue.add(bytes(String(i)));
    const handler = async ({ payload }: { payload: Uint8Array }): Promise<void> =>
      void done.push(string(payload));
    const consumers = [
      await queue.consume(handler, { concurrency: 4 }),
      await (await there.queue(name)).consume(handler, { concurrency: 4 }),
    ];
    for (let i = 20; i < 40; i++) await queue.add(bytes(String(i)));
    await eventually(() => done.length === 40, "all jobs are done");
    assert.is(new Set(done).size, 40);
    for (const consumer of consumers) consumer.unsubscribe();
  });

  test("a job whose handler fails or stays silent is delivered again", async ({ here }) => {
    const queue = await here.queue(unique(), { redeliverAfterMs: 300 });
    await queue.add(bytes("fails"));
    await queue.add(bytes("hangs"));
    const attempts: Record<string, number[]> = { fails: [], hangs: [] };
    const consumer = await queue.consume(
      async ({ payload, attempt }) => {
        const job = string(payload);
        attempts[job]?.push(attempt);
        if (attempt > 1) return;
        if (job === "fails") throw new Error("not this time");
        await new Promise(() => undefined);
      },
      { concurrency: 4 },
    );
    await eventually(
      () => attempts.fails?.length === 2 && attempts.hangs?.length === 2,
      "both are done at the second attempt",
    );
    assert.equal(attempts, { fails: [1, 2], hangs: [1, 2] });
    consumer.unsubscribe();
  });

  test("no more jobs are in work at once than the consumer takes", async ({ here }) => {
    const queue = await here.queue(unique());
    let running = 0;
    let most = 0;
    let done = 0;
    const consumer = await queue.consume(
      async () => {
        most = Math.max(most, ++running);
        await new Promise((next) => setTimeout(next, 2));
        running--;
        done++;
      },
      { concurrency: 3 },
    );
    for (let i = 0; i < 30; i++) await queue.add(bytes("job"));
    await eventually(() => done === 30, "all jobs are done");
    assert.is(most, 3);
    consumer.unsubscribe();
  });

  test("a full queue takes no more", async ({ here }) => {
    const queue = await here.queue(unique(), { jobsMax: 2 });
    await queue.add(bytes("1"));
    await queue.add(bytes("2"));
    await rejectsWith(queue.add(bytes("3")), "bus.queue-full");
  });

  test("a blob comes back by its digest, whole", async ({ here, there }) => {
    const serving = await here.blobs.serve();
    for (const size of [0, 1, 128 * 1024, 600 * 1024 + 7, 3 * 1024 * 1024]) {
      const content = randomBytes(size);
      const digest = await here.blobs.put(content);
      assert.is(await here.blobs.put(content), digest);
      assert.is(await here.blobs.has(digest), true);
      const got = await there.blobs.get(digest, { timeoutMs: 60_000 });
      assert.is(Buffer.compare(got, content), 0, `${size} bytes`);
    }
    serving.unsubscribe();
  });

  test("a blob that is not there is missed, one that nobody keeps is pruned", async ({ here, there }) => {
    const serving = await here.blobs.serve();
    const absent = "0".repeat(64);
    assert.is(await here.blobs.has(absent), false);
    await rejectsWith(there.blobs.get(absent, { timeoutMs: 5_000 }), "artifact.missing");
    const keep = await here.blobs.put(bytes("keep"));
    const drop = await here.blobs.put(bytes("drop"));
    assert.ok((await here.blobs.prune(new Set([keep]))) >= 1);
    assert.is(await here.blobs.has(keep), true);
    assert.is(await here.blobs.has(drop), false);
    await rejectsWith(there.blobs.get(drop, { timeoutMs: 5_000 }), "artifact.missing");
    serving.unsubscribe();
  });

  test("closing sends what is pending, and every call rejects after", async ({ world, here }) => {
    const subject = unique();
    let heard = 0;
    here.subscribe(
      subject,
      answering(() => heard++),
    );
    const leaving = await world.join();
    await listening(leaving, subject);
    const states: string[] = [];
    leaving.onState((state) => states.push(state));
    heard = 0;
    for (let i = 0; i < 100; i++) leaving.publish(subject, bytes(String(i)));
    await leaving.close();
    await leaving.close();
    await eventually(() => heard === 100, "all was sent");
    assert.equal(states, ["disconnected"]);
    assert.is(leaving.state, "disconnected");
    await rejectsWith(leaving.request(subject, bytes(""), { timeoutMs: 1_000 }), "bus.unavailable");
    await rejectsWith(leaving.bucket("any"), "bus.unavailable");
    leaving.publish(subject, bytes("dropped"));
  });

  test.run();
}

async function both(name: string, here: Bus, there: Bus): Promise<[Bucket, Bucket]> {
  return [await here.bucket(name), await there.bucket(name)];
}

function line(event: WatchEvent): string {
  if (event.kind === "put") return `put ${event.entry.key} ${string(event.entry.value)}`;
  return event.kind === "delete" ? `delete ${event.key}` : event.kind;
}

async function settledCount(promises: Promise<unknown>[]): Promise<number> {
  const pending = Symbol("pending");
  const states = await Promise.all(promises.map((one) => Promise.race([one, Promise.resolve(pending)])));
  return states.filter((state) => state !== pending).length;
}

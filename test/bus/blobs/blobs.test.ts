import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BlobFetcher } from "../../../bus/blobs/blob-fetcher.ts";
import { serveBlobs } from "../../../bus/blobs/blob-server.ts";
import { BlobStorage } from "../../../bus/blobs/blob-storage.ts";
import {
  chunkBytes,
  chunkCount,
  decodeBlobData,
  decodeWant,
  encodeBlobData,
  encodeWant,
} from "../../../bus/blobs/blob-wire.ts";
import { limits, type MemoryBus, memoryBus, subjects } from "../../../bus/mod.ts";
import { type Problem, ProblemError } from "../../../schemas/mod.ts";
import { rejectsWith } from "../contract.ts";
import { eventually } from "../eventually.ts";

const host = (i: number) => ({ role: "host", host: `default/h${i}` }) as const;
const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

interface Shop {
  bus: MemoryBus;
  storage: BlobStorage;
  reads: () => number;
  chunksSent: () => number;
  problems: Problem[];
  end(): Promise<void>;
}

/** A server of blobs on a memory bus, and how often it read its storage and published. */
function shop(): Shop {
  const problems: Problem[] = [];
  const bus = memoryBus({ onProblem: (found) => problems.push(found) });
  const storage = new BlobStorage(() => bus.bucket("blobs"));
  let reads = 0;
  let sent = 0;
  const counted = {
    get: (digest: string) => {
      reads++;
      return storage.get(digest);
    },
  };
  bus.subscribe("netloom.blob.data.*", () => void sent++);
  const flush = (): Promise<void> => new Promise((done) => setImmediate(done));
  const serving = serveBlobs(bus, counted, { flush, onProblem: (found) => problems.push(found) });
  return {
    bus,
    storage,
    reads: () => reads,
    chunksSent: () => sent,
    problems,
    async end() {
      serving.unsubscribe();
      await bus.close();
    },
  };
}

test("wants and chunks come back as they went, and what does not fit together is malformed", () => {
  const digest = "ab".repeat(32);
  for (const want of [{ digest }, { digest, chunks: [0, 5] }]) {
    assert.equal(decodeWant(encodeWant(want), "s"), want);
  }
  const data = randomBytes(100);
  const chunk = { kind: "chunk", totalBytes: chunkBytes + 100, index: 1, data } as const;
  assert.equal(decodeBlobData(encodeBlobData(chunk), "s"), chunk);
  assert.equal(decodeBlobData(encodeBlobData({ kind: "absent" }), "s"), { kind: "absent" });
  const malformed = [
    encodeBlobData({ ...chunk, index: 2 }),
    encodeBlobData({ ...chunk, index: 0 }),
    encodeBlobData({ ...chunk, totalBytes: limits.blobBytesMax + 1 }),
    encodeBlobData({ ...chunk, totalBytes: chunkBytes + 99 }),
    randomBytes(7),
  ];
  for (const payload of malformed) assert.throws(() => decodeBlobData(payload, "s"), /malformed/);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (payload) => {
      try {
        decodeBlobData(payload, "s");
        decodeWant(payload, "s");
      } catch (error) {
        assert.instance(error, ProblemError);
      }
    }),
  );
});

test("a thousand daemons that want one blob together cost one read and one round of chunks", async () => {
  const { bus, storage, reads, chunksSent, end } = shop();
  const content = randomBytes(600_000);
  const digest = await storage.put(content);
  const got = await Promise.all(
    Array.from({ length: 1_000 }, (_, i) =>
      new BlobFetcher(bus.join(), host(i)).get(digest, { timeoutMs: 60_000 }),
    ),
  );
  assert.ok(got.every((each) => Buffer.compare(each, content) === 0));
  assert.is(reads(), 1);
  assert.is(chunksSent(), chunkCount(content.byteLength));
  await end();
});

test("one that asks in the middle of a round is sent only what it missed", async () => {
  const { bus, storage, chunksSent, end } = shop();
  const content = randomBytes(10 * chunkBytes);
  const digest = await storage.put(content);
  let late: Promise<Uint8Array> | undefined;
  const middle = bus.subscribe(subjects.blobData(digest), ({ payload }) => {
    const data = decodeBlobData(payload, "s");
    if (data.kind !== "chunk" || data.index !== 4) return;
    middle.unsubscribe();
    late = new BlobFetcher(bus.join(), host(2)).get(digest, { timeoutMs: 60_000 });
  });
  const first = await new BlobFetcher(bus.join(), host(1)).get(digest, { timeoutMs: 60_000 });
  await eventually(() => late !== undefined, "the late one has asked");
  assert.is(Buffer.compare((await late) as Uint8Array, first), 0);
  assert.ok(chunksSent() < 2 * chunkCount(content.byteLength), `${chunksSent()} chunks were sent`);
  await end();
});

test("those who ask after a round wait for each other until those it was for have it", async () => {
  const { bus, storage, chunksSent, end } = shop();
  const digest = await storage.put(randomBytes(2 * chunkBytes));
  const want = (from: number, chunks?: number[]): void =>
    bus.publish(subjects.blobWant(host(from)), encodeWant({ digest, ...(chunks && { chunks }) }));
  want(1);
  await eventually(() => chunksSent() === 2, "the first round");
  for (const late of [2, 3, 4]) {
    want(late);
    await new Promise((done) => setTimeout(done, 40));
  }
  assert.is(chunksSent(), 2, "the first has yet to say that it has it");
  want(1, []);
  await eventually(() => chunksSent() > 2, "the second round");
  for (const late of [2, 3, 4]) want(late, []);
  want(5);
  await eventually(() => chunksSent() === 6, "the third round, at once");
  await end();
});

test("chunks that were lost, forged or doubled are asked for again, and only they", async () => {
  const bus = memoryBus();
  const content = randomBytes(3 * chunkBytes + 5);
  const digest = sha256(content);
  const wants: (number[] | undefined)[] = [];
  const send = (
    index: number,
    data = content.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  ): void => {
    const chunk = { kind: "chunk", totalBytes: content.byteLength, index, data } as const;
    bus.publish(subjects.blobData(digest), encodeBlobData(chunk));
  };
  bus.subscribe(subjects.anyBlobWant, ({ payload, subject }) => {
    const { chunks } = decodeWant(payload, subject);
    wants.push(chunks);
    if (wants.length === 1) for (const index of [0, 2, 2]) send(index);
    else for (const index of chunks ?? []) send(index);
  });
  const got = await new BlobFetcher(bus, host(1)).get(digest, { timeoutMs: 60_000 });
  assert.is(Buffer.compare(got, content), 0);
  assert.equal(wants, [undefined, [1, 3]]);
  await bus.close();
});

test("a blob that keeps arriving wrong is corrupt, one that nobody has is missing, and so is one that nobody serves", async () => {
  const bus = memoryBus();
  const fetcher = new BlobFetcher(bus, host(1));
  const wrong = "11".repeat(32);
  const absent = "22".repeat(32);
  const unserved = "33".repeat(32);
  bus.subscribe(subjects.anyBlobWant, ({ payload, subject }) => {
    const { digest } = decodeWant(payload, subject);
    const data = randomBytes(10);
    if (digest === absent) bus.publish(subjects.blobData(digest), encodeBlobData({ kind: "absent" }));
    if (digest !== wrong) return;
    const chunk = encodeBlobData({ kind: "chunk", totalBytes: 10, index: 0, data });
    for (let i = 0; i < 3; i++) bus.publish(subjects.blobData(digest), chunk);
  });
  await Promise.all([
    rejectsWith(fetcher.get(wrong, { timeoutMs: 30_000 }), "artifact.corrupt"),
    rejectsWith(fetcher.get(absent, { timeoutMs: 10_000 }), "artifact.missing"),
    rejectsWith(fetcher.get(unserved, { timeoutMs: 100 }), "artifact.missing"),
    rejectsWith(
      fetcher.get(unserved, { timeoutMs: 10_000, signal: AbortSignal.timeout(50) }),
      "artifact.missing",
    ),
  ]);
  await bus.close();
});

test("one forged chunk of another size does not spoil the blob", async () => {
  const { bus, storage, end } = shop();
  const content = randomBytes(2 * chunkBytes);
  const digest = await storage.put(content);
  const fetching = new BlobFetcher(bus, host(1)).get(digest, { timeoutMs: 60_000 });
  const forged = encodeBlobData({ kind: "chunk", totalBytes: 3, index: 0, data: randomBytes(3) });
  bus.publish(subjects.blobData(digest), forged);
  assert.is(Buffer.compare(await fetching, content), 0);
  await end();
});

test("a daemon that asks without end is cut short, and others are served", async () => {
  const { bus, storage, reads, chunksSent, end } = shop();
  const large = await storage.put(randomBytes(4 * 1024 * 1024));
  const small = await storage.put(randomBytes(10));
  const greedy = subjects.blobWant(host(1));
  let asking = true;
  const ask = (): void => {
    for (let i = 0; i < 50; i++) bus.publish(greedy, encodeWant({ digest: large }));
    if (asking) setTimeout(ask, 5);
  };
  ask();
  await eventually(() => chunksSent() > 64, "the greedy one is served at first");
  await new BlobFetcher(bus, host(2)).get(small, { timeoutMs: 30_000 });
  asking = false;
  assert.ok(reads() < 100, `${reads()} reads`);
  await end();
});

test("what is malformed among the wants is reported and harms nobody", async () => {
  const { bus, storage, problems, end } = shop();
  const digest = await storage.put(randomBytes(10));
  const hostile = subjects.blobWant(host(1));
  bus.publish(hostile, Buffer.from('{"digest":"../../etc/passwd"}'));
  bus.publish(hostile, Buffer.from(JSON.stringify({ digest, chunks: Array(5_000).fill(1) })));
  bus.publish(hostile, Buffer.from(JSON.stringify({ digest, chunks: [127] })));
  await new BlobFetcher(bus, host(2)).get(digest, { timeoutMs: 30_000 });
  await eventually(() => problems.length === 2, "both are reported");
  assert.equal(
    problems.map(({ code }) => code),
    ["bus.malformed", "bus.malformed"],
  );
  await end();
});

test.run();

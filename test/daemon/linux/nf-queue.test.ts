import { execFileSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkPacketQueues, hooks, NfQueue, QueueRules, queuedBytesMax } from "../../../daemon/linux/mod.ts";
import { until } from "../sleep/until.ts";

const port = 7_000;
const payloadAt = 28;
const save = (): string => execFileSync("sh", ["-c", "iptables-save; ip6tables-save"], { encoding: "utf8" });
const rules = new QueueRules({ prefix: "TEST" });
let queue: NfQueue;
let receiver: Socket;
let sender: Socket;
let arrived: string[] = [];

test.before(async () => {
  queue = NfQueue.open({ number: 100, packetsMax: 10 });
  receiver = createSocket("udp4", (message) => arrived.push(`${message}`));
  await new Promise<void>((done) => receiver.bind(port, "127.0.0.1", done));
  sender = createSocket("udp4");
});
test.after(() => {
  rules.clear();
  receiver.close();
  sender.close();
});
test.before.each(() => {
  arrived = [];
  const to = { family: 4 as const, source: {}, destination: { port } };
  rules.apply(queue.number, [{ hook: "OUTPUT", ...to }]);
});

const send = (...texts: string[]): Promise<unknown> =>
  Promise.all(texts.map((text) => new Promise((sent) => sender.send(text, port, "127.0.0.1", sent))));

/** Waits for so many packets and gives each what `judge` does. */
async function take(count: number, judge: (index: number) => void): Promise<void> {
  let taken = 0;
  await until(`${count} packets`, () => {
    const received = queue.receive();
    for (let index = 0; index < received; index += 1) if (queue.select(index)) judge(taken++);
    queue.flush();
    return taken === count;
  });
}

const payload = (): string =>
  Buffer.from(queue.bytes.slice(queue.start + payloadAt, queue.start + queue.length)).toString();

test("packets are read in place; accepted, dropped, and accepted with other bytes", async () => {
  await send("one", "two", "six");
  const seen: string[] = [];
  await take(3, (index) => {
    seen.push(payload());
    assert.is(queue.hook, hooks.localOut);
    assert.is(queue.device, 1);
    assert.is(queue.wholeLength, queue.length);
    if (index === 0) queue.accept(queue.id);
    if (index === 1) queue.drop(queue.id);
    if (index !== 2) return;
    const packet = queue.bytes.slice(queue.start, queue.start + queue.length);
    // "nix" for "six": the sum of the payload stays right without a checksum.
    packet.set(Buffer.from("nix"), payloadAt);
    packet.fill(0, 26, 28);
    const at = queue.replace(queue.id, packet.length);
    queue.bytes.set(packet, at);
  });
  assert.equal(seen, ["one", "two", "six"]);
  await until("what was accepted arrives", () => arrived.length === 2);
  assert.equal(arrived, ["one", "nix"]);
});

test("verdicts may come later and in any order", async () => {
  await send("one", "two");
  const ids: number[] = [];
  await take(2, () => ids.push(queue.id));
  for (const id of ids.reverse()) queue.accept(id);
  queue.flush();
  await until("both arrive", () => arrived.length === 2);
  assert.equal(arrived, ["two", "one"]);
});

test("a verdict for a packet that is not there is overlooked", async () => {
  queue.accept(4_000_000);
  queue.flush();
  await send("one");
  await take(1, () => queue.accept(queue.id));
  await until("it arrives", () => arrived.length === 1);
});

test("more packets than may wait are dropped and counted", async () => {
  const before = queue.overflows();
  await send(...Array.from({ length: 15 }, (_, index) => `${index}`));
  await take(10, () => queue.accept(queue.id));
  await until("ten arrive", () => arrived.length === 10);
  // To who is not root of the machine it is not told.
  if (before !== undefined) assert.is(queue.overflows(), before + 5);
});

test("of a packet that is too long for a message its beginning is shown, and how long it is", async () => {
  await send("x".repeat(65_507));
  await take(1, () => {
    assert.is(queue.length, queuedBytesMax);
    assert.is(queue.wholeLength, 65_535);
    queue.accept(queue.id);
  });
  await until("it arrives", () => arrived.length === 1);
});

test("a second queue gets another number, and rules bypass a number that nobody reads", async () => {
  const other = NfQueue.open({ number: 100, packetsMax: 10 });
  assert.is(other.number, 101);
  rules.apply(other.number, [{ hook: "INPUT", family: 4, source: {}, destination: { port } }]);
  await send("read");
  await until("it is there", () => other.receive() === 1);
  other.select(0);
  assert.is(other.hook, hooks.localIn);
  other.close();
  await send("bypassed");
  await until("it passes", () => arrived.includes("bypassed"));
  assert.equal(arrived, ["bypassed"]);
});

test("rules are exactly those that were asked for, and leave nothing behind", () => {
  const at = { source: { address: "fd00::1" }, destination: { address: "fd00::2", port: 9 } };
  rules.apply(7, [{ hook: "INPUT", family: 6, ...at }]);
  assert.match(
    save(),
    /-A TEST-INPUT -s fd00::1\/128 -d fd00::2\/128 -p udp -m udp --dport 9 -j NFQUEUE --queue-num 7 --queue-bypass/,
  );
  assert.is(save().match(/-j TEST-INPUT/g)?.length, 2);
  rules.apply(7, []);
  assert.not.match(save(), /NFQUEUE/);
  rules.clear();
  assert.not.match(save(), /TEST/);
  rules.clear();
  rules.apply(7, [{ hook: "INPUT", family: 4, source: {}, destination: { port: 9 } }]);
  assert.is(save().match(/-j TEST-INPUT/g)?.length, 1);
});

test("rules that iptables refuses are a problem, and nothing is left of them", () => {
  const bad = { hook: "INPUT" as const, family: 4 as const, source: { address: "fd00::1" }, destination: {} };
  assert.throws(() => rules.apply(7, [bad]), /Cannot have packets queued \(iptables\)/);
  rules.clear();
  assert.not.match(save(), /TEST/);
});

test("this thread may have queues", () => {
  assert.not.throws(checkPacketQueues);
});

test.run();

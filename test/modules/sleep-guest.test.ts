import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  compileModule,
  type GuestOptions,
  type ReactionSink,
  SleepGuest,
  sleepAbi,
} from "../../modules/mod.ts";
import type { Problem } from "../../schemas/mod.ts";
import { ruleText, wat } from "./wat.ts";

type Reaction = "wake" | { packet: string; delayMs: number };

function guest(text: string, options: Partial<GuestOptions> = {}): SleepGuest {
  const result = compileModule(wat(text), sleepAbi, "test");
  if (result.kind === "refused") throw new Error(result.problems[0]?.message);
  return new SleepGuest(result.module, { limits: { memoryBytes: 1 << 20 }, ...options });
}

class Recorder implements ReactionSink {
  readonly reactions: Reaction[] = [];
  wake(): void {
    this.reactions.push("wake");
  }
  respond(memory: Uint8Array, offset: number, length: number, delayMs: number): void {
    assert.ok(offset + length <= memory.length);
    this.reactions.push({
      packet: Buffer.from(memory.subarray(offset, offset + length)).toString(),
      delayMs,
    });
  }
}

function feed(one: SleepGuest, packet = "ping"): Reaction[] | Problem {
  const sink = new Recorder();
  const bytes = Buffer.from(`<<${packet}>>`);
  const failed = one.processPacket(bytes, 2, packet.length, sink);
  if (failed) assert.equal(sink.reactions, [], "a failed call told the sink nothing");
  return failed ?? sink.reactions;
}

function codeOf(result: Reaction[] | Problem | undefined): string | undefined {
  return result && "code" in result ? result.code : undefined;
}

const answer = (data: string): string =>
  ruleText({ process: "(i32.const 64)", more: `(data (i32.const 64) "${data}")` });

test("each opcode becomes its reaction", () => {
  assert.equal(feed(guest(answer("\\00"))), []);
  assert.equal(feed(guest(answer("\\01"))), ["wake"]);
  assert.equal(feed(guest(answer("\\02\\03\\00\\00\\00abc"))), [{ packet: "abc", delayMs: 0 }]);
  assert.equal(feed(guest(answer("\\03\\02\\00\\00\\00\\01\\00\\00\\00a\\02\\00\\00\\00bc"))), [
    { packet: "a", delayMs: 0 },
    { packet: "bc", delayMs: 0 },
  ]);
  assert.equal(feed(guest(answer("\\04\\10\\27\\00\\00\\01\\00\\00\\00z"))), [
    { packet: "z", delayMs: 10_000 },
  ]);
  const later = "\\05\\02\\00\\00\\00\\07\\00\\00\\00\\01\\00\\00\\00a\\09\\00\\00\\00\\02\\00\\00\\00bc";
  assert.equal(feed(guest(answer(later))), [
    { packet: "a", delayMs: 7 },
    { packet: "bc", delayMs: 9 },
  ]);
});

test("an answer that breaks the protocol is a problem, and nothing of it is done", () => {
  const packetTooLong = "\\03\\02\\00\\00\\00\\01\\00\\00\\00a\\ff\\ff\\ff\\ff";
  for (const data of [
    "\\06",
    "\\02\\00\\00\\00\\00",
    "\\02\\ff\\ff\\00\\00",
    packetTooLong,
    "\\03\\ff\\ff\\ff\\7f",
    "\\04\\ff\\ff\\ff\\ff\\01\\00\\00\\00z",
    "\\05\\02\\00\\00\\00\\07\\00\\00\\00\\01\\00\\00\\00a\\ff\\ff\\ff\\ff\\01\\00\\00\\00b",
  ])
    assert.is(codeOf(feed(guest(answer(data)))), "module.answer-invalid", data);
  for (const pointer of ["65536", "-1", "-2147483648"])
    assert.is(codeOf(feed(guest(ruleText({ process: `(i32.const ${pointer})` })))), "module.answer-invalid");
  const atTheEnd = ruleText({ process: "(i32.store8 (i32.const 65535) (i32.const 2)) (i32.const 65535)" });
  assert.is(codeOf(feed(guest(atTheEnd))), "module.answer-invalid");
});

test("the packet arrives as its length and its bytes, whatever its size", () => {
  const echo = ruleText({
    process: `(i32.store8 (i32.const 511) (i32.const 2))
      (memory.copy (i32.const 512) (local.get $in) (i32.add (i32.load (local.get $in)) (i32.const 4)))
      (i32.const 511)`,
    memory: "4",
    allocate: "(i32.const 131072)",
  });
  const one = guest(echo);
  for (const length of [1, 3, 255, 256, 2044, 2045, 9000, 65_535]) {
    const packet = `${"x".repeat(length - 1)}y`;
    assert.equal(feed(one, packet), [{ packet, delayMs: 0 }]);
  }
});

test("one input block serves all packets and is replaced only by a larger one", () => {
  const one = guest(`(module (memory (export "memory") 8)
    (global $allocated (mut i32) (i32.const 0)) (global $freed (mut i32) (i32.const 0))
    (func (export "allocate") (param i32) (result i32)
      (global.set $allocated (i32.add (global.get $allocated) (i32.const 1))) (i32.mul (global.get $allocated) (i32.const 65536)))
    (func (export "deallocate") (param i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
    (func (export "process_packet") (param i32) (result i32)
      (i32.store8 (i32.const 0) (i32.const 2)) (i32.store (i32.const 1) (i32.const 2))
      (i32.store8 (i32.const 5) (i32.add (i32.const 48) (global.get $allocated)))
      (i32.store8 (i32.const 6) (i32.add (i32.const 48) (global.get $freed))) (i32.const 0)))`);
  for (let round = 0; round < 3; round++) assert.equal(feed(one), [{ packet: "10", delayMs: 0 }]);
  assert.equal(feed(one, "x".repeat(3000)), [{ packet: "21", delayMs: 0 }]);
  assert.equal(feed(one), [{ packet: "21", delayMs: 0 }]);
});

test("traps, aborts, exhausted stacks and thrown exceptions are problems, and the guest can be called again", () => {
  const bad = {
    trap: ruleText({ process: "(unreachable)" }),
    recursion: ruleText({
      process: "(call $deeper)",
      more: "(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))",
    }),
    load: ruleText({ process: "(i32.load (i32.const -4))" }),
    thrown: ruleText({ process: "(throw $e)", more: "(tag $e)" }),
    exit: ruleText({ process: "(call $exit (i32.const 3)) (i32.const 0)" }).replace(
      "(module",
      '(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))',
    ),
  };
  for (const [name, text] of Object.entries(bad)) {
    const one = guest(text);
    assert.is(codeOf(feed(one)), "module.trapped", name);
    assert.is(codeOf(feed(one)), "module.trapped", name);
  }
});

test("memory grows up to its limit and not beyond, and the host sees it after growth", () => {
  const grows = ruleText({
    process: `(i32.store8 (i32.const 0) (i32.const 2)) (i32.store (i32.const 1) (i32.const 1))
      (i32.store8 (i32.const 5) (i32.add (i32.const 48) (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (i32.const 0)`,
  });
  for (const memory of ["1", "1 65536"]) {
    const one = guest(grows.replace('"memory") 1)', `"memory") ${memory})`), {
      limits: { memoryBytes: 3 * 65_536 + 5 },
    });
    const answers = [0, 1, 2, 3].map(() => (feed(one) as { packet: string }[])[0]?.packet);
    assert.equal(answers, ["1", "1", "0", "0"]);
    assert.is(one.memoryBytes, 3 * 65_536);
  }
});

test("a module that starts with more memory than its limit does not start", () => {
  assert.throws(
    () => guest(ruleText({ memory: "17" })),
    (error: { problem: Problem }) => error.problem.code === "module.memory-limit",
  );
});

test("memory that cannot be had is a problem of that packet", () => {
  assert.is(codeOf(feed(guest(ruleText({ allocate: "(i32.const 0)" })))), "module.answer-invalid");
  assert.is(codeOf(feed(guest(ruleText({ allocate: "(i32.const 65000)" })))), "module.answer-invalid");
  assert.is(codeOf(feed(guest(ruleText({ allocate: "(i32.const -1)" })))), "module.answer-invalid");
  assert.is(codeOf(feed(guest(ruleText({ allocate: "(unreachable)" })))), "module.trapped");
});

test("timers and the host's waking reach the rules that listen, and only those", () => {
  const listens = guest(
    ruleText({
      more: `(func (export "on_timer") (result i32) (i32.const 64)) (func (export "on_wakeup") (result i32) (i32.const 65))
        (data (i32.const 64) "\\01\\02\\02\\00\\00\\00hi")`,
    }),
  );
  const sink = new Recorder();
  assert.is(listens.onTimer(sink), undefined);
  assert.is(listens.onWakeup(sink), undefined);
  assert.equal(sink.reactions, ["wake", { packet: "hi", delayMs: 0 }]);
  assert.is(guest(ruleText()).onTimer(sink), undefined);
  assert.is(sink.reactions.length, 2);
});

const configured = ruleText({
  process: "(i32.const 64)",
  more: `(global $raw (mut i32) (i32.const 0)) (global $order (mut i32) (i32.const 48))
    (data (i32.const 64) "\\02") (data (i32.const 200) "\\03\\00\\00\\00bad")
    (func (export "configure") (param $text i32) (param $length i32) (param $flags i32) (result i32)
      (i32.store (i32.const 65) (i32.add (local.get $length) (i32.const 2)))
      (memory.copy (i32.const 69) (local.get $text) (local.get $length))
      (i32.store8 (i32.add (i32.const 69) (local.get $length)) (i32.add (i32.const 48) (local.get $flags)))
      (i32.store8 (i32.add (i32.const 70) (local.get $length)) (global.get $order))
      (select (i32.const 200) (i32.const 0) (i32.eq (i32.load8_u (local.get $text)) (i32.const 0x22))))
    (func (export "initialize") (global.set $order (i32.const 49)))`,
});

test("the configuration is handed over as JSON before the guest initializes itself", () => {
  assert.equal(feed(guest(configured, { config: { a: [1] }, raw: true })), [
    { packet: '{"a":[1]}10', delayMs: 0 },
  ]);
});

test("a guest that refuses its configuration does not start, and says why", () => {
  assert.throws(
    () => guest(configured, { config: "text" }),
    (error: { problem: Problem }) =>
      error.problem.message === 'Cannot start module "test": its config is wrong: bad',
  );
});

test("a module that traps while it starts does not start", () => {
  for (const more of ['(func (export "initialize") (unreachable))', "(func $s (unreachable)) (start $s)"])
    assert.throws(
      () => guest(ruleText({ more })),
      (error: { problem: Problem }) => error.problem.code === "module.trapped",
    );
});

test("whatever a guest's memory holds, reading it as an answer stays in bounds", () => {
  const rule = ruleText({
    process: "(memory.copy (i32.const 65000) (i32.const 1028) (i32.const 536)) (i32.load (i32.const 1028))",
  });
  const one = guest(rule);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 64 }),
      fc.integer({ min: 64_990, max: 65_540 }),
      (bytes, pointer) => {
        const packet = Buffer.concat([Buffer.alloc(4), Buffer.from(bytes)]);
        packet.writeUInt32LE(pointer);
        const failed = one.processPacket(packet, 0, packet.length, new Recorder());
        assert.ok(failed === undefined || failed.code === "module.answer-invalid");
      },
    ),
    { numRuns: 2000 },
  );
});

test.run();

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  CustomizationGuest,
  type CustomizationOptions,
  type CustomizedFlow,
  compileModule,
  customizationAbi,
  encodeFlowContext,
  flowFlags,
  piecesMax,
  verdicts,
} from "../../modules/mod.ts";
import type { Problem } from "../../schemas/mod.ts";
import { customizationText, wasmData, wat, words } from "./wat.ts";

function guest(text: string, options: Partial<CustomizationOptions> = {}): CustomizationGuest {
  const result = compileModule(wat(text), customizationAbi, "test");
  if (result.kind === "refused") throw new Error(result.problems[0]?.message);
  return new CustomizationGuest(result.module, {
    role: "sender",
    limits: { memoryBytes: 4 << 20 },
    ...options,
  });
}

function flow(protocol: "UDP" | "TCP" = "TCP", number = 7): CustomizedFlow {
  const context = encodeFlowContext({
    protocol,
    role: "sender",
    local: { address: Uint8Array.of(10, 0, 0, 1), port: 40_000 },
    remote: { address: Uint8Array.of(10, 0, 0, 2), port: 53 },
    process: 4242,
    task: "isc-net-0000",
    group: "dig",
  });
  return { number, context, flags: 0 };
}

interface Answered {
  verdict: number;
  consumed: number;
  delayMs: number;
  text: string;
}

/** Sends "hello", and answers what is to become of it, or the code of the problem. */
function say(one: CustomizationGuest, to = flow(), text = "hello"): Answered | string {
  const failed = one.send(to, Buffer.from(`<<${text}>>`), 2, text.length);
  if (failed) return failed.code;
  const { verdict, consumed, delayMs, bytes } = one.answer;
  const target = Buffer.alloc(bytes + 1);
  assert.is(one.answer.copyTo(target, 1), bytes + 1);
  return { verdict, consumed, delayMs, text: target.toString("latin1", 1) };
}

/** A module whose answer to everything is the bytes at 64. */
const answering = (...values: number[]): string =>
  customizationText({ send: "(i32.const 64)", more: wasmData(64, words(...values)) + wasmData(512, tag) });
const tag = Buffer.from("<tag>");

test("each verdict is read with what it is about", () => {
  assert.equal(say(guest(customizationText())), { verdict: 0, consumed: 5, delayMs: 0, text: "" });
  assert.equal(say(guest(answering(0, 3, 0, 0))), { verdict: 0, consumed: 3, delayMs: 0, text: "" });
  assert.equal(say(guest(answering(1, 4, 20, 2, 512, 5, 512, 1))), {
    verdict: verdicts.customized,
    consumed: 4,
    delayMs: 20,
    text: "<tag><",
  });
  assert.equal(say(guest(answering(2, 0, 0, 9, 9, 9))), { verdict: 2, consumed: 5, delayMs: 0, text: "" });
  assert.equal(say(guest(answering(3, 2, 0, 0))), { verdict: 3, consumed: 0, delayMs: 0, text: "" });
});

test("a verdict on a datagram is about all of it", () => {
  assert.equal(say(guest(answering(1, 2, 0, 0)), flow("UDP")), {
    ...{ verdict: 1, consumed: 5, delayMs: 0, text: "" },
  });
});

test("pieces may lie in the message, and be long", () => {
  const inFront = customizationText({
    send: `(i32.store (i32.const 64) (i32.const 1)) (i32.store (i32.const 76) (i32.const 2))
      (i32.store (i32.const 80) (i32.const 512)) (i32.store (i32.const 84) (i32.const 5))
      (i32.store (i32.const 88) (i32.add (local.get $in) (i32.const 4)))
      (i32.store (i32.const 92) (i32.load (local.get $in))) (i32.const 64)`,
    memory: "4",
    more: wasmData(512, tag),
  });
  const one = guest(inFront);
  for (const length of [0, 1, 32, 33, 2048, 2049, 100_000]) {
    const text = "x".repeat(length);
    assert.equal(say(one, flow(), text), { verdict: 1, consumed: length, delayMs: 0, text: `<tag>${text}` });
  }
});

test("an answer that breaks the protocol is a problem", () => {
  const wrong = [
    [4, 0, 0, 0],
    [1, 6, 0, 0],
    [0, 0, 60_001, 0],
    [1, 0, 0, piecesMax + 1],
    [1, 0, 0, 0xffff_ffff],
    [1, 0, 0, 1, 65_536, 1],
    [1, 0, 0, 1, 0, 65_537],
    [1, 0, 0, 1, 0xffff_ffff, 2],
    [1, 0, 0, 2, 0, 65_536, 0, 21],
  ];
  for (const values of wrong)
    assert.is(say(guest(answering(...values))), "module.answer-invalid", `${values}`);
  for (const pointer of ["65536", "-1", "-2147483648", "65525"])
    assert.is(say(guest(customizationText({ send: `(i32.const ${pointer})` }))), "module.answer-invalid");
  const piecesBehind = `(i32.store (i32.const 65520) (i32.const 1)) (i32.store (i32.const 65532) (i32.const 1)) (i32.const 65520)`;
  assert.is(say(guest(customizationText({ send: piecesBehind }))), "module.answer-invalid");
  assert.is(say(guest(customizationText({ send: "(unreachable)" }))), "module.trapped");
  for (const allocate of ["(i32.const 0)", "(i32.const -1)", "(i32.const 65530)"])
    assert.is(say(guest(customizationText({ allocate }))), "module.answer-invalid");
});

test("an answer has so many pieces, and not one more", () => {
  // All of them are empty, so that nothing else is wrong.
  const pieces = (count: number): string =>
    customizationText({
      send: "(i32.const 65536)",
      memory: "2",
      more: wasmData(65_536, words(1, 0, 0, count)),
    });
  assert.equal(say(guest(pieces(piecesMax))), { verdict: 1, consumed: 5, delayMs: 0, text: "" });
  assert.is(say(guest(pieces(piecesMax + 1))), "module.answer-invalid");
});

test("any bytes as an answer end in a verdict within its bounds, or a problem", () => {
  const echo = guest(
    customizationText({
      send: "(memory.copy (i32.const 64) (i32.add (local.get $in) (i32.const 4)) (i32.const 64)) (i32.const 64)",
    }),
  );
  const word = fc.oneof(fc.nat(5), fc.nat(70_000), fc.constant(0xffff_ffff));
  fc.assert(
    fc.property(fc.array(word, { minLength: 16, maxLength: 16 }), (values) => {
      const source = words(...values);
      if (echo.send(flow(), source, 0, source.length)?.code === "module.answer-invalid") return;
      const { answer } = echo;
      assert.ok(answer.consumed <= source.length && answer.verdict <= 3);
      assert.is(answer.copyTo(new Uint8Array(answer.bytes), 0), answer.bytes);
    }),
    { numRuns: 3000 },
  );
});

/** A module that answers with its context block. */
const showsContext = customizationText({
  send: `(i32.store (i32.const 64) (i32.const 1)) (i32.store (i32.const 76) (i32.const 1))
    (i32.store (i32.const 80) (local.get $context)) (i32.store (i32.const 84) (i32.const 80)) (i32.const 64)`,
});

test("the module is told whose message it is", () => {
  const one = guest(showsContext);
  const shown = (to: CustomizedFlow) => Buffer.from((say(one, to) as Answered).text, "latin1");
  const tcp = { ...flow(), flags: flowFlags.end | flowFlags.attachedLate };
  const block = shown(tcp);
  assert.equal([...block.subarray(0, 8)], [5, 0, 0, 0, 6, 4, 0, 0]);
  assert.equal([block.readUInt16LE(8), block.readUInt16LE(10), block.readUInt32LE(44)], [40_000, 53, 4242]);
  assert.equal([...block.subarray(12, 16), ...block.subarray(28, 32)], [10, 0, 0, 1, 10, 0, 0, 2]);
  assert.is(block.toString("latin1", 48, 64), "isc-net-0000\0\0\0\0");
  assert.is(block.toString("latin1", 64, 68), "dig\0");
  tcp.flags = flowFlags.inactive;
  assert.is(shown(tcp)[0], 2, "flags may change from call to call");
  assert.is(shown(flow("UDP"))[4], 17, "another flow has another block");
  assert.is(shown(tcp)[4], 6);
});

test("an address of version 6 has all its bytes, and a name its zero", () => {
  const context = encodeFlowContext({
    protocol: "UDP",
    role: "receiver",
    local: { address: new Uint8Array(16).fill(1), port: 1 },
    remote: { address: new Uint8Array(16).fill(2), port: 2 },
    process: 0xffff_fffe,
    task: "a-name-of-sixteen",
    group: "",
  });
  assert.equal([...context.subarray(4, 7)], [17, 6, 1]);
  assert.is(Buffer.from(context).toString("latin1", 48, 64), "a-name-of-sixte\0");
});

test("a module without one of the two directions leaves that alone", () => {
  const one = guest(customizationText());
  assert.is(one.receive(flow(), tag, 0, 5), undefined);
  assert.equal([one.answer.verdict, one.answer.consumed], [verdicts.notMine, 5]);
  const none = customizationText().replace("cust_send", "other");
  assert.throws(() => guest(none), /exports no "cust_send".*cust_send\(i32, i32, i32\) -> i32 or cust_recv/);
});

test("the host may fill memory that it reserved, and show any part of it", () => {
  const one = guest(
    customizationText({
      send: `(i32.store (i32.const 64) (i32.const 1)) (i32.store (i32.const 76) (i32.const 1))
        (i32.store (i32.const 80) (i32.add (local.get $in) (i32.const 4)))
        (i32.store (i32.const 84) (i32.load (local.get $in))) (i32.const 64)`,
    }),
  );
  const at = one.reserve(1000) as number;
  one.memory.set(Buffer.from("abcdefgh"), at);
  for (const [skip, length, text] of [
    [0, 8, "abcdefgh"],
    [5, 3, "fgh"],
  ] as const) {
    assert.is(one.sendAt(flow(), at + skip, length), undefined);
    const target = Buffer.alloc(length);
    one.answer.copyTo(target, 0);
    assert.is(target.toString(), text);
  }
  assert.is(one.release(at), undefined);
});

test("flows are opened and closed, and a module may decline one", () => {
  const declines = customizationText({
    more: `(func (export "flow_open") (param $flow i32) (param i32) (result i32) (i32.eq (local.get $flow) (i32.const 9)))
      (func (export "flow_close") (param i32) (if (i32.eq (local.get 0) (i32.const 9)) (then (unreachable))))`,
  });
  const one = guest(declines);
  assert.equal([one.openFlow(flow()), one.openFlow(flow("TCP", 9))], [true, false]);
  assert.is(one.closeFlow(flow()), undefined);
  assert.is(one.closeFlow(flow("TCP", 9))?.code, "module.trapped");
  const indifferent = guest(customizationText());
  assert.equal([indifferent.openFlow(flow()), indifferent.closeFlow(flow())], [true, undefined]);
});

function reporting(text: string): CustomizationGuest {
  const bytes = Buffer.from(text);
  const data = wasmData(2048, Buffer.concat([words(bytes.length), bytes]));
  return guest(
    customizationText({ more: `(func (export "state_report") (result i32) (i32.const 2048)) ${data}` }),
  );
}

test("a report is a flat object of numbers with names that can be shown", () => {
  assert.equal(reporting('{"messages":3,"delay_ms":-1.5}').stateReport(), {
    messages: 3,
    delay_ms: -1.5,
  });
  assert.equal(reporting("{}").stateReport(), {});
  assert.is(guest(customizationText()).stateReport(), undefined);
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`k${index}`, 1])));
  const wrong = [
    "",
    "[1]",
    "null",
    "7",
    '{"a":"b"}',
    '{"a":{}}',
    '{"a":1e999}',
    '{"a b":1}',
    '{"a.b":1}',
    '{"":1}',
    many,
  ];
  wrong.push(`{"a":1${" ".repeat(4096)}}`, `{"${"a".repeat(49)}":1}`, '{"\\u001b[2J":1}');
  for (const text of wrong)
    assert.is((reporting(text).stateReport() as Problem).code, "module.answer-invalid", text);
  for (const pointer of [0, 65_533, -1]) {
    const more = `(func (export "state_report") (result i32) (i32.const ${pointer}))`;
    const found = guest(customizationText({ more })).stateReport();
    assert.is((found as Problem).code, "module.answer-invalid", `${pointer}`);
  }
});

test("id and key reach the module before its configuration, and are left nowhere", () => {
  const key = new Uint8Array(32).fill(0xaa);
  const keeps = customizationText({
    more: `(global $id (mut i32) (i32.const 0)) (global $at (mut i32) (i32.const 0)) (global $first (mut i32) (i32.const 0))
      (func (export "sec_initialize") (param i32)
        (global.set $at (local.get 0)) (global.set $id (i32.load offset=4 (local.get 0)))
        (global.set $first (i32.load8_u offset=8 (local.get 0))))
      (func (export "configure") (param i32 i32) (result i32)
        (if (i32.ne (global.get $first) (i32.const 0xaa)) (then (unreachable))) (i32.const 0))
      (func (export "sec_respond") (param $block i32) (result i32)
        (i32.store (i32.const 64) (i32.const 8)) (i32.store (i32.const 68) (global.get $id))
        (i32.store (i32.const 72) (i32.load8_u offset=8 (global.get $at)))
        (if (i32.eqz (i32.load (local.get $block))) (then (return (i32.const 0)))) (i32.const 64))`,
  });
  const one = guest(keeps, { instance: { id: 77, key } });
  assert.equal(
    Buffer.from(one.secRespond(Buffer.from("challenge")) as Uint8Array),
    Buffer.from(words(77, 0)),
  );
  assert.equal([...key], new Array(32).fill(0));
  assert.is(one.secRespond(new Uint8Array(0)), undefined, "it may have no answer");
  assert.not.ok(Buffer.from(one.memory).includes(Buffer.alloc(8, 0xaa)));
  const unused = new Uint8Array(32).fill(0xaa);
  guest(customizationText(), { instance: { id: 77, key: unused } });
  assert.equal([...unused], new Array(32).fill(0), "nor where a module has no use for it");
});

test("an answer to a challenge that lies outside is a problem", () => {
  const responding = (pointer: number, size: number) =>
    guest(
      customizationText({
        more: `(func (export "sec_respond") (param i32) (result i32) (i32.const ${pointer})) ${wasmData(64, words(size))}`,
      }),
    ).secRespond(tag) as Problem;
  assert.is(responding(64, 4097).code, "module.answer-invalid");
  assert.is(responding(64, 0xffff_ffff).code, "module.answer-invalid");
  assert.is(responding(65_533, 0).code, "module.answer-invalid");
  assert.is(guest(customizationText()).secRespond(tag), undefined);
});

test("the end that receives says so to its module", () => {
  const strict = customizationText({
    more: `(func (export "configure") (param i32 i32 i32) (result i32)
      (if (result i32) (i32.eq (local.get 2) (i32.const 1)) (then (i32.const 0)) (else (i32.const 64)))) ${wasmData(64, words(0))}`,
  });
  guest(strict, { role: "receiver" });
  assert.throws(() => guest(strict, { role: "sender" }));
});

test("a module says which directions it wants to see, of those that it has functions for", () => {
  const wants = (parts: Parameters<typeof customizationText>[0]) => {
    const made = guest(customizationText(parts));
    return [made.wants("sent"), made.wants("received")];
  };
  const directions = (value: number) => `(func (export "directions") (result i32) (i32.const ${value}))`;
  const receive = "(i32.const 0)";
  assert.equal(wants({}), [true, false]);
  assert.equal(wants({ receive }), [true, true]);
  assert.equal(wants({ receive, more: directions(2) }), [false, true]);
  assert.equal(wants({ more: directions(3) }), [true, false]);
  assert.throws(() => wants({ more: directions(4) }), /directions.*is not one of 0 to 3/);
});

test.run();

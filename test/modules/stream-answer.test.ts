import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readStreamAnswer, type StreamSink, streamBytesMax } from "../../modules/mod.ts";

function read(memory: Uint8Array<ArrayBuffer>, pointer = 0): { wrong: string | undefined; done: string[] } {
  const done: string[] = [];
  const text = (bytes: Uint8Array, offset: number, length: number) => {
    assert.ok(offset + length <= bytes.length);
    return Buffer.from(bytes.subarray(offset, offset + length)).toString("latin1");
  };
  const sink: StreamSink = {
    send: (connection, ...bytes) => done.push(`send ${connection} ${text(...bytes)}`),
    close: (connection) => done.push(`close ${connection}`),
    reset: (connection) => done.push(`reset ${connection}`),
    wake: () => done.push("wake"),
    handOver: (connection, ...bytes) => done.push(`hand-over ${connection} ${text(...bytes)}`),
  };
  return { wrong: readStreamAnswer(memory, pointer, sink), done };
}

const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];
const bytes = (text: string): number[] => [...u32(text.length), ...Buffer.from(text)];
const actions = (...list: number[][]) => Uint8Array.from([6, ...u32(list.length), ...list.flat()]);

test("each action becomes what it says, in order", () => {
  const memory = actions(
    [1, ...u32(7), ...bytes("hello")],
    [5, ...u32(0)],
    [2, ...u32(7)],
    [3, ...u32(0xffff_ffff)],
    [4, ...u32(8), ...bytes("GET /")],
    [1, ...u32(9), ...bytes("")],
  );
  const done = ["send 7 hello", "wake", "close 7", "reset 4294967295", "hand-over 8 GET /", "send 9 "];
  assert.equal(read(memory), { wrong: undefined, done });
  assert.equal(read(Uint8Array.of(0)), { wrong: undefined, done: [] });
  assert.equal(read(Uint8Array.of(1)), { wrong: undefined, done: ["wake"] });
});

test("an answer that breaks the protocol is told, and nothing of it is done", () => {
  const send = [1, ...u32(7), ...bytes("hello")];
  for (const memory of [
    Uint8Array.of(2),
    Uint8Array.of(6, 1, 0),
    Uint8Array.from([6, ...u32(4097)]),
    actions(send, [6, ...u32(0)]),
    actions(send, [0, ...u32(0)]),
    actions(send, [
      1,
      ...u32(0),
      ...u32(streamBytesMax + 1),
      ...new Array<number>(streamBytesMax + 1).fill(0),
    ]),
    actions(send, send).slice(0, -1),
    actions(send, [2, 0, 0]),
  ]) {
    const { wrong, done } = read(memory);
    assert.type(wrong, "string");
    assert.equal(done, []);
  }
  assert.match(read(new Uint8Array(4), 4).wrong ?? "", /outside/);
});

test("no bytes make it read outside the memory", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(70), (memory, pointer) => {
      if (memory.length > 0) memory[0] = 6;
      const { wrong, done } = read(Uint8Array.from(memory), pointer);
      assert.ok(wrong === undefined || done.length === 0);
    }),
  );
});

test.run();

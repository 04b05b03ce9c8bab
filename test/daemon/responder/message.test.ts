import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ByteSource } from "../../../daemon/responder/byte-source.ts";
import {
  messageLimits,
  type Request,
  readReply,
  readRequest,
  writeReply,
  writeRequest,
} from "../../../daemon/responder/message.ts";
import { ProblemError } from "../../../schemas/mod.ts";

const bounds = { rulesMax: 4, moduleBytesMax: 100 };
const admit = () => bounds;

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sourceOf = (bytes: Uint8Array, size = 1): ByteSource => new ByteSource(pieces(bytes, size));
const plain = (request: Request | undefined): unknown =>
  request?.kind === "add"
    ? { ...request, rules: [...request.rules], modules: request.modules.map((one) => [...one]) }
    : request && { ...request };

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
  return "none";
}

const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":"));
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constantFrom("remove" as const, "sleep" as const, "wake" as const), mac }),
  fc.record({
    kind: fc.constant("add" as const),
    mac,
    rules: fc.uint8Array({ maxLength: 50 }),
    modules: fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 4 }),
  }),
);

test("add_host, remove_host, start_sleeping and woke have the document's bytes, big-endian", () => {
  const mac = "02:00:00:00:00:05";
  const hex = (one: Request): string => Buffer.concat(writeRequest(one)).toString("hex");
  const added = { kind: "add" as const, mac, rules: Buffer.from("[]"), modules: [Buffer.from("abc")] };
  assert.is(hex(added), "00020000000005" + "00000001" + "00000002" + "5b5d" + "00000003" + "616263");
  assert.is(hex({ kind: "remove", mac }), "01020000000005");
  assert.is(hex({ kind: "sleep", mac }), "02020000000005");
  assert.is(hex({ kind: "wake", mac }), "03020000000005");
});

test("requests are read as they were written, in whatever pieces they come, and one after the other", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      async (all, size) => {
        const source = sourceOf(Buffer.concat(all.flatMap(writeRequest)), size);
        for (const one of all) assert.equal(plain(await readRequest(source, admit)), plain(one));
        assert.is(await readRequest(source, admit), undefined);
      },
    ),
  );
});

test("a request that ends before its end is malformed, wherever that is", async () => {
  const whole = Buffer.concat(
    writeRequest({
      kind: "add",
      mac: "02:00:00:00:00:05",
      rules: Buffer.from("[1]"),
      modules: [Buffer.from("ab")],
    }),
  );
  for (let length = 1; length < whole.length; length++) {
    const read = readRequest(sourceOf(whole.subarray(0, length), 7), admit);
    assert.is(await codeOf(read), "responder.malformed", `${length} bytes`);
  }
});

test("whatever bytes come, a request or a problem is the answer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(3), async (bytes, opcode) => {
      const code = await codeOf(readRequest(sourceOf(Uint8Array.of(opcode, ...bytes), 16), admit));
      assert.ok(["none", "responder.malformed", "responder.over-limit"].includes(code), code);
    }),
  );
  assert.is(await codeOf(readRequest(sourceOf(Uint8Array.of(4)), admit)), "responder.malformed");
});

const head = [0, 2, 0, 0, 0, 0, 5];
const over: [string, number[]][] = [
  ["rules", [...head, 0xff, 0xff, 0xff, 0xff]],
  ["bytes of JSON", [...head, 0, 0, 0, 1, 0, 4, 0, 1]],
  ["bytes of a module", [...head, 0, 0, 0, 1, 0, 0, 0, 2, 0x5b, 0x5d, 0, 0, 0, 101]],
];
for (const [what, bytes] of over) {
  test(`too many ${what} are refused by their number, before one of them is read`, async () => {
    const endless = async function* () {
      yield Uint8Array.from(bytes);
      throw new Error("it went on reading");
    };
    assert.is(await codeOf(readRequest(new ByteSource(endless()), admit)), "responder.over-limit");
  });
}

test("nothing behind the head is read of a request that is not admitted", async () => {
  const refuse = (): never => {
    throw new Error("not admitted");
  };
  const source = sourceOf(Uint8Array.from([...head, 9]), 100);
  try {
    await readRequest(source, refuse);
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, "not admitted");
  }
  assert.equal([...(await source.take(2))], [9]);
});

test("replies are read as they were written, a byte at a time; a long reason is cut", async () => {
  const done = { status: 0, reason: "" };
  const refused = { status: 3, reason: "it is not allowed" };
  assert.equal(await readReply(sourceOf(writeReply(done))), done);
  assert.equal(await readReply(sourceOf(writeReply(refused))), refused);
  const long = await readReply(sourceOf(writeReply({ status: 7, reason: "x".repeat(100_000) }), 1_000));
  assert.is(long.reason.length, messageLimits.reasonBytesMax);
  for (let length = 0; length < 20; length++) {
    const cut = readReply(sourceOf(writeReply(refused).subarray(0, length)));
    assert.is(await codeOf(cut), "responder.malformed");
  }
});

test.run();

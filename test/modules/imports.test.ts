import { test } from "uvu";
import * as assert from "uvu/assert";
import { compileModule, type GuestServices, SleepGuest, sleepAbi } from "../../modules/mod.ts";
import { ruleText, wat } from "./wat.ts";

const wasi = "wasi_snapshot_preview1";

/** A rule that imports functions, and answers the eight bytes at 64 after `process` has run. */
function guestThat(imports: string, process: string, services: Partial<GuestServices> = {}): SleepGuest {
  const text = ruleText({
    process: `${process} (i32.store8 (i32.const 59) (i32.const 2)) (i32.store (i32.const 60) (i32.const 8)) (i32.const 59)`,
    more: '(data (i32.const 128) "\\90\\00\\00\\00\\03\\00\\00\\00\\93\\00\\00\\00\\02\\00\\00\\00abcde")',
  }).replace("(module", `(module ${imports}`);
  const result = compileModule(wat(text), sleepAbi, "test");
  if (result.kind === "refused") throw new Error(result.problems[0]?.message);
  const all = { nowMs: () => 1234.5, log: () => undefined, ...services };
  return new SleepGuest(result.module, { limits: { memoryBytes: 65_536 }, services: all });
}

function answerOf(guest: SleepGuest): Buffer {
  let answer = Buffer.alloc(0);
  const respond = (memory: Uint8Array, offset: number, length: number): void => {
    answer = Buffer.from(memory.subarray(offset, offset + length));
  };
  const failed = guest.processPacket(new Uint8Array(4), 0, 4, { wake: () => undefined, respond });
  if (failed) throw new Error(failed.message);
  return answer;
}

const imported = (module: string, name: string, type: string): string =>
  `(import "${module}" "${name}" (func $f ${type}))`;

test("the clock is the one that the host gives, for netloom's function and for WASI's", () => {
  const own = guestThat(
    imported("netloom", "now_ms", "(result f64)"),
    "(f64.store (i32.const 64) (call $f))",
  );
  assert.is(answerOf(own).readDoubleLE(), 1234.5);
  const clock = imported(wasi, "clock_time_get", "(param i32 i64 i32) (result i32)");
  const standard = guestThat(clock, "(drop (call $f (i32.const 1) (i64.const 0) (i32.const 64)))");
  assert.is(answerOf(standard).readBigUInt64LE(), 1_234_000_000n);
});

test("what a guest prints reaches the log, cut to its limit", () => {
  const lines: string[] = [];
  const log = (text: string): number => lines.push(text);
  answerOf(
    guestThat(imported("netloom", "log", "(param i32 i32)"), "(call $f (i32.const 144) (i32.const 5))", {
      log,
    }),
  );
  const write = imported(wasi, "fd_write", "(param i32 i32 i32 i32) (result i32)");
  const printing = guestThat(
    write,
    "(drop (call $f (i32.const 1) (i32.const 128) (i32.const 2) (i32.const 64)))",
    { log },
  );
  assert.is(answerOf(printing).readUInt32LE(), 5);
  answerOf(
    guestThat(imported("netloom", "log", "(param i32 i32)"), "(call $f (i32.const 0) (i32.const -1))", {
      log,
    }),
  );
  assert.equal(lines.slice(0, 3), ["abcde", "abc", "de"]);
  assert.is(lines[3]?.length, 1024);
  assert.not.match(lines[3] ?? "", /\p{Cc}/u, "nothing that a terminal would obey");
});

test("randomness is the same in every guest", () => {
  const random = () =>
    answerOf(
      guestThat(
        imported(wasi, "random_get", "(param i32 i32) (result i32)"),
        "(drop (call $f (i32.const 64) (i32.const 8)))",
      ),
    );
  assert.equal(random(), random());
  assert.is.not(random().readBigUInt64LE(), 0n);
});

test("pointers outside of the guest's memory are refused by an error number, and nothing is written", () => {
  const calls = [
    ["random_get", "(param i32 i32) (result i32)", "(call $f (i32.const 65000) (i32.const 1000))"],
    ["random_get", "(param i32 i32) (result i32)", "(call $f (i32.const -1) (i32.const -1))"],
    [
      "clock_time_get",
      "(param i32 i64 i32) (result i32)",
      "(call $f (i32.const 0) (i64.const 0) (i32.const -4))",
    ],
    [
      "fd_write",
      "(param i32 i32 i32 i32) (result i32)",
      "(call $f (i32.const 1) (i32.const 65530) (i32.const 2) (i32.const 64))",
    ],
    ["environ_sizes_get", "(param i32 i32) (result i32)", "(call $f (i32.const 64) (i32.const 65534))"],
  ] as const;
  for (const [name, type, call] of calls) {
    const answer = answerOf(guestThat(imported(wasi, name, type), `(i32.store (i32.const 64) ${call})`));
    assert.is(answer.readUInt32LE(), 21, name);
  }
});

test("a guest has no arguments, no environment and no files", () => {
  const result = (name: string, type: string, call: string) =>
    answerOf(
      guestThat(
        imported(wasi, name, type),
        `(i32.store (i32.const 64) (i32.const 77)) (i32.store (i32.const 68) ${call})`,
      ),
    );
  const sizes = result(
    "args_sizes_get",
    "(param i32 i32) (result i32)",
    "(call $f (i32.const 64) (i32.const 72))",
  );
  assert.equal([sizes.readUInt32LE(0), sizes.readUInt32LE(4)], [0, 0]);
  assert.is(
    result(
      "fd_prestat_get",
      "(param i32 i32) (result i32)",
      "(call $f (i32.const 3) (i32.const 64))",
    ).readUInt32LE(4),
    8,
  );
  const open = "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)";
  const call =
    "(call $f (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 64))";
  assert.is(result("path_open", open, call).readUInt32LE(4), 52);
});

test("a guest that aborts or exits has trapped, and its words are in the problem", () => {
  // What AssemblyScript's abort gets: two strings in UTF-16, each behind its length.
  const abort = guestThat(
    imported("env", "abort", "(param i32 i32 i32 i32)"),
    `(i32.store (i32.const 200) (i32.const 4)) (i32.store (i32.const 204) (i32.const 0x006f006e))
     (call $f (i32.const 204) (i32.const 204) (i32.const 7) (i32.const 1))`,
  );
  assert.throws(() => answerOf(abort), /trapped in process_packet: abort: no \(no:7\)/);
  const exit = guestThat(imported(wasi, "proc_exit", "(param i32)"), "(call $f (i32.const 3))");
  assert.throws(() => answerOf(exit), /it called exit\(3\)/);
});

test.run();

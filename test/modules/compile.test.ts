import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Compilation, compileModule, moduleBytesMax, sleepAbi } from "../../modules/mod.ts";
import { ruleText, wat } from "./wat.ts";

const compile = (bytes: Uint8Array): Compilation => compileModule(bytes, sleepAbi, "test");

function refusals(text: string): string[] {
  const result = compile(wat(text));
  return result.kind === "refused" ? result.problems.map((one) => one.message) : [];
}

test("a module with the exports of the ABI is compiled", () => {
  const result = compile(wat(ruleText()));
  if (result.kind !== "compiled") throw new Error("it was refused");
  assert.is(result.module.memoryBytesMin, 65_536);
  assert.ok(result.module.exports.has("process_packet"));
});

test("every missing export and every wrong signature is reported at once", () => {
  const found = refusals(`(module
    (memory 1)
    (func (export "allocate") (param i32 i32) (result i32) (i32.const 0))
    (func (export "deallocate") (param i32))
    (func (export "on_timer") (param i64))
    (global (export "initialize") i32 (i32.const 1)))`);
  assert.equal(found, [
    'Cannot load module "test": it exports no "memory"; a sleep module should export its memory under that name',
    'Cannot load module "test": it exports "allocate" as allocate(i32, i32) -> i32; a sleep module should export allocate(i32) -> i32',
    'Cannot load module "test": it exports no "process_packet"; a sleep module should export process_packet(i32) -> i32',
    'Cannot load module "test": it exports "initialize" as a global; a sleep module should export initialize() -> nothing',
    'Cannot load module "test": it exports "on_timer" as on_timer(i64) -> nothing; a sleep module should export on_timer() -> i32',
  ]);
});

test("what the host does not give cannot be imported", () => {
  const rule = ruleText();
  const withImport = (line: string) => refusals(rule.replace("(module", `(module ${line}`));
  assert.equal(withImport('(import "env" "socket" (func (param i32) (result i32)))'), [
    'Cannot load module "test": it imports the function "env.socket", which no guest is given',
  ]);
  assert.equal(withImport('(import "env" "table" (table 1 funcref))'), [
    'Cannot load module "test": it imports the table "env.table", which no guest is given',
  ]);
  assert.is(withImport('(import "env" "toString" (func))').length, 1);
  assert.equal(
    withImport('(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))'),
    [],
  );
  assert.equal(withImport('(import "netloom" "now_ms" (func (result f64)))'), []);
});

test("tables that would take much of the host's memory are refused", () => {
  assert.match(refusals(ruleText({ more: "(table 9000000 funcref)" }))[0] ?? "", /9000000 table elements/);
  assert.match(refusals(ruleText({ more: "(table 1 funcref)".repeat(17) }))[0] ?? "", /17 tables/);
  assert.equal(refusals(ruleText({ more: "(table 100 200 funcref)" })), []);
});

test("what limits do not cover is refused: shared memories, types of the garbage collector", () => {
  assert.is(refusals(ruleText({ memory: "1 2 shared" })).length, 1);
  assert.is(
    refusals(
      ruleText({ more: "(type $box (struct (field i32))) (func (drop (struct.new $box (i32.const 1))))" }),
    ).length,
    1,
  );
});

test("files that are no module, or too large, are refused with a reason", () => {
  for (const bytes of [new Uint8Array(0), Buffer.from("#!/bin/sh"), Buffer.from("\0asm\x02\0\0\0")]) {
    const result = compile(bytes);
    assert.is(result.kind === "refused" && result.problems[0]?.code, "module.malformed");
  }
  const result = compile(new Uint8Array(moduleBytesMax + 1));
  assert.is(result.kind === "refused" && result.problems[0]?.code, "module.too-large");
});

test("a damaged module never breaks the host: it is compiled or refused", () => {
  const sound = wat(ruleText({ more: '(table 4 8 funcref) (data (i32.const 8) "abc")' }));
  const damage = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(sound.length), (changes, cut) => {
      const bytes = Uint8Array.from(sound);
      for (const [at, value] of changes) bytes[at] = value;
      for (const candidate of [bytes, bytes.subarray(0, cut)]) {
        const result = compile(candidate);
        if (result.kind === "compiled")
          result.module.bounded(Math.max(16, result.module.memoryBytesMin / 65_536));
        else assert.ok(result.problems.every((one) => one.code.startsWith("module.")));
      }
    }),
    { numRuns: 2000 },
  );
});

test.run();

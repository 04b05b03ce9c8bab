import { test } from "uvu";
import * as assert from "uvu/assert";
import { BpfProgram, end, frame } from "../../../daemon/linux/bpf-program.ts";

test("instructions have the kernel's bytes, and jumps lead to the end", () => {
  const program = new BpfProgram()
    .move(6, 1)
    .load(8, 7, 6, 8)
    .endIf(7, 0)
    .clear(frame, -8)
    .load(2, 1, 7, 14)
    .store(2, frame, -8, 1)
    .endUnless(1, 5)
    .add(2, -8)
    .set(3, 8)
    .call(127)
    .finish();
  assert.equal(Buffer.from(program).toString("hex").match(/.{16}/g), [
    "bf16000000000000", // r6 = r1
    "7967080000000000", // r7 = *(u64 *)(r6 + 8)
    "1507070000000000", // if r7 == 0 goto +7
    "7a0af8ff00000000", // *(u64 *)(r10 - 8) = 0
    "69710e0000000000", // r1 = *(u16 *)(r7 + 14)
    "6b1af8ff00000000", // *(u16 *)(r10 - 8) = r1
    "5501030005000000", // if r1 != 5 goto +3
    "07020000f8ffffff", // r2 += -8
    "b703000008000000", // r3 = 8
    "850000007f000000", // call 127
    "b700000000000000", // r0 = 0
    "9500000000000000", // exit
  ]);
});

test("maps, wide numbers and jumps over others are written as the kernel reads them", () => {
  const program = new BpfProgram()
    .setMap(1, { fd: 9 })
    .setLong(2, 0xf000_0001_8000_0002n)
    .jumpIfRegister(1, "==", 2, "same")
    .jumpIf(3, ">", 7, end)
    .jump("same")
    .addRegister(4, 5)
    .label("same")
    .storeNumber(4, frame, -4, 1)
    .finish();
  assert.equal(Buffer.from(program).toString("hex").match(/.{16}/g), [
    "1811000009000000", // r1 = map 9
    "0000000000000000",
    "1802000002000080", // r2 = 0xf000000180000002
    "00000000010000f0",
    "1d21030000000000", // if r1 == r2 goto +3
    "2503030007000000", // if r3 > 7 goto +3
    "0500010000000000", // goto +1
    "0f54000000000000", // r4 += r5
    "620afcff01000000", // *(u32 *)(r10 - 4) = 1
    "b700000000000000", // r0 = 0
    "9500000000000000", // exit
  ]);
});

test("a jump to nowhere is a mistake of the program's author", () => {
  assert.throws(() => new BpfProgram().jump("nowhere").finish(), "no label nowhere");
});

test.run();

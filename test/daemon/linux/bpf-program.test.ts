import { test } from "uvu";
import * as assert from "uvu/assert";
import { BpfProgram, frame } from "../../../daemon/linux/bpf-program.ts";

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

test.run();

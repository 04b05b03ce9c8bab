import { test } from "uvu";
import * as assert from "uvu/assert";
import { runIterator } from "../../../daemon/linux/bpf-iterator.ts";
import { BpfProgram } from "../../../daemon/linux/bpf-program.ts";
import { KernelTypes } from "../../../daemon/linux/btf.ts";

const target = KernelTypes.ofThisKernel().functionId("bpf_iter_tcp");

test("a program that writes nothing gives nothing", () => {
  assert.is(runIterator("count", { instructions: new BpfProgram().finish(), target }).length, 0);
});

test("a program that the kernel's verifier refuses is said as what was tried", () => {
  const wild = new BpfProgram().set(1, 0).load(8, 2, 1, 0).finish();
  assert.throws(
    () => runIterator("read wildly", { instructions: wild, target }),
    /Cannot read wildly: bpf\(BPF_PROG_LOAD\)/,
  );
});

test.run();

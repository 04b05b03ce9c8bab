import { test } from "uvu";
import * as assert from "uvu/assert";
import { runIterator } from "../../../daemon/linux/bpf-iterator.ts";
import { BpfProgram } from "../../../daemon/linux/bpf-program.ts";
import { KernelTypes } from "../../../daemon/linux/btf.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

const target = KernelTypes.ofThisKernel().functionId("bpf_iter_tcp");

const empty = { instructions: new BpfProgram().finish(), target };
if (isRootOfMachine()) {
  test("a program that writes nothing gives nothing", () => {
    assert.is(runIterator("count", empty).length, 0);
  });
} else {
  test("who is not root of the machine is told that the kernel does not permit it", () => {
    assert.throws(() => runIterator("count", empty), /Cannot count: bpf\(BPF_PROG_LOAD\): EPERM/);
  });
}

test("a program that the kernel's verifier refuses is said as what was tried", () => {
  const wild = new BpfProgram().set(1, 0).load(8, 2, 1, 0).finish();
  assert.throws(
    () => runIterator("read wildly", { instructions: wild, target }),
    /Cannot read wildly: bpf\(BPF_PROG_LOAD\)/,
  );
});

test.run();

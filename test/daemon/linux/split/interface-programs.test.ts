import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadBpf } from "../../../../daemon/linux/bpf-load.ts";
import { BpfProgram } from "../../../../daemon/linux/bpf-program.ts";
import { closeDescriptor, SystemCallError } from "../../../../daemon/linux/mod.ts";
import {
  attachToInterface,
  detachFromInterface,
  type InterfaceHook,
  programsOn,
  replaceOnInterface,
} from "../../../../daemon/linux/split/interface-programs.ts";
import { indexOf } from "../../../../daemon/linux/split/private-network.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";

const hooks: readonly InterfaceHook[] = ["interfaceIngress", "interfaceEgress"];
const next = -1;
const loopback = indexOf("lo");
const absent = 9_999;

const load = (name: string): number =>
  loadBpf({ type: "interface", instructions: new BpfProgram().set(0, next).exit().finish(next), name });

function countOf(name: string, hook: InterfaceHook, index = loopback): number {
  const found = programsOn(name, index, hook);
  for (const fd of found) closeDescriptor(fd);
  return found.length;
}

if (isRootOfMachine()) {
  test("a program is found by its name where it was attached, also when nobody has its descriptor", () => {
    for (const hook of hooks) {
      const program = load("one");
      attachToInterface(program, loopback, hook);
      closeDescriptor(program);
      assert.is(countOf("one", hook), 1);
      assert.is(countOf("two", hook), 0);
      const [found] = programsOn("one", loopback, hook) as [number];
      detachFromInterface(found, loopback, hook);
      assert.is(countOf("one", hook), 0);
      // It may be gone by now.
      detachFromInterface(found, loopback, hook);
      closeDescriptor(found);
    }
  });

  test("a program takes the place of those of its name, and leaves the others", () => {
    const [other, ...same] = ["other", "same", "same", "same"].map(load) as [number, number, number, number];
    const [first, second, last] = same as [number, number, number];
    attachToInterface(other, loopback, "interfaceIngress");
    replaceOnInterface("same", first, loopback, "interfaceIngress");
    assert.is(countOf("same", "interfaceIngress"), 1);
    attachToInterface(second, loopback, "interfaceIngress");
    assert.is(countOf("same", "interfaceIngress"), 2);
    replaceOnInterface("same", last, loopback, "interfaceIngress");
    assert.is(countOf("same", "interfaceIngress"), 1);
    assert.is(countOf("other", "interfaceIngress"), 1);
    for (const fd of [other, last]) detachFromInterface(fd, loopback, "interfaceIngress");
    assert.is(countOf("same", "interfaceIngress"), 0);
    for (const fd of [other, ...same]) closeDescriptor(fd);
  });

  test("an interface that is gone has no programs, and gets none", () => {
    const program = load("one");
    assert.is(countOf("one", "interfaceIngress", absent), 0);
    detachFromInterface(program, absent, "interfaceIngress");
    assert.throws(
      () => attachToInterface(program, absent, "interfaceIngress"),
      (error: unknown) => error instanceof SystemCallError,
    );
    closeDescriptor(program);
  });
} else {
  test("who is not root of the machine is refused", () => {
    assert.throws(
      () => load("one"),
      (error: unknown) => error instanceof SystemCallError,
    );
  });
}

test.run();

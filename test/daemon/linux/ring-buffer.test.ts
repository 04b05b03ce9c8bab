import { test } from "uvu";
import * as assert from "uvu/assert";
import { runIterator } from "../../../daemon/linux/bpf-iterator.ts";
import { BpfProgram, frame } from "../../../daemon/linux/bpf-program.ts";
import { KernelTypes } from "../../../daemon/linux/btf.ts";
import { RingBuffer } from "../../../daemon/linux/ring-buffer.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

const bytes = 4_096;
const ringOutput = 130;
const recordBytes = 104;
const target = KernelTypes.ofThisKernel().functionId("bpf_iter_task");

/** Has the kernel write a record, which begins with `value`, for each thread that there is. */
function write(ring: RingBuffer, value: number): void {
  const program = new BpfProgram().load(8, 1, 1, 8).endIf(1, 0);
  for (let at = -recordBytes; at < 0; at += 8) program.clear(frame, at);
  program.storeNumber(4, frame, -recordBytes, value).setMap(1, ring.map);
  program.move(2, frame).add(2, -recordBytes).set(3, recordBytes).set(4, 0).call(ringOutput);
  runIterator("write records", {
    instructions: program.finish(),
    target,
  });
}

function read(ring: RingBuffer): number[] {
  const values: number[] = [];
  ring.read((record) => {
    assert.is(record.length, recordBytes);
    values.push(record[0]!);
  });
  return values;
}

if (isRootOfMachine()) {
  test("records are read in order, once, also around the end of the memory, and are lost when it is full", () => {
    const ring = new RingBuffer(bytes);
    for (let value = 1; value <= 60; value++) {
      write(ring, value);
      const values = read(ring);
      assert.ok(values.length > 0);
      assert.ok(values.every((each) => each === value));
      assert.equal(read(ring), []);
    }
    for (let value = 1; value <= 60; value++) write(ring, value);
    const kept = read(ring);
    assert.is(kept[0], 1);
    assert.ok(kept.length <= bytes / (recordBytes + 8));
    assert.equal(read(ring), []);
    ring.close();
  });
} else {
  test("who is not root of the machine is told that the kernel does not permit it", () => {
    assert.throws(() => new RingBuffer(bytes), /bpf\(BPF_MAP_CREATE\): EPERM/);
  });
}

test.run();

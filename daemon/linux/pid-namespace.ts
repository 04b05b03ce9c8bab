import { runIterator } from "./bpf-iterator.ts";
import { BpfProgram, end, frame } from "./bpf-program.ts";
import type { KernelTypes } from "./btf.ts";

/** The PID namespace of this process, as BPF programs meet it in the kernel's memory. */
export interface PidNamespace {
  /** How deep it is: which of its numbers a process has in here (struct pid, `numbers`). */
  level: number;
  address: bigint;
}

const what = "find out this process's PID namespace";
const helpers = { sequenceWrite: 127, currentTask: 158, readKernel: 113 } as const;
const [context, pid] = [6, 7];
const recordBytes = 16;
const upidBytes = 16;

/** Throws `linux.*` problems. Needs CAP_BPF and CAP_PERFMON of the machine itself. */
export function ownPidNamespace(types: KernelTypes): PidNamespace {
  const target = types.functionId("bpf_iter_task");
  const output = runIterator(what, { instructions: tellOwn(types), target });
  return { level: output.readUInt32LE(0), address: output.readBigUInt64LE(8) };
}

/** Of all tasks (struct bpf_iter__task: meta, task) only the one that reads the iterator writes a record. */
function tellOwn(types: KernelTypes): Uint8Array {
  const numbers = types.field("pid", "numbers").offset;
  const program = new BpfProgram()
    .move(context!, 1)
    .load(8, pid!, context!, 8)
    .endIf(pid!, 0)
    .call(helpers.currentTask)
    .jumpIfRegister(0, "!=", pid!, end)
    .load(8, pid!, pid!, types.field("task_struct", "thread_pid").offset)
    .clear(frame, -recordBytes)
    .load(4, 1, pid!, types.field("pid", "level").offset)
    .store(4, frame, -recordBytes, 1);
  // numbers[level].ns, which the verifier would not let be reached by a register.
  program
    .move(3, pid!)
    .add(3, numbers + 8)
    .multiply(1, upidBytes)
    .addRegister(3, 1);
  return program
    .move(1, frame)
    .add(1, -8)
    .set(2, 8)
    .call(helpers.readKernel)
    .load(8, 1, context!, 0)
    .load(8, 1, 1, 0)
    .move(2, frame)
    .add(2, -recordBytes)
    .set(3, recordBytes)
    .call(helpers.sequenceWrite)
    .finish();
}

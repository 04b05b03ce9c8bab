import { type BpfProgram, frame, type Width } from "./bpf-program.ts";
import type { KernelField, KernelTypes } from "./btf.ts";

const toTcpSocket = 137;
const sequenceWrite = 127;

/** What is copied out of a socket, into a record: where, how wide, and which member of which structure. */
export interface CopiedField {
  at: number;
  width: Width | 16;
  of: "sock_common" | "tcp_sock";
  field: string;
  /** Kernels before it came into being have none: it reads as zero. */
  isOptional?: boolean;
}

/** Fields that a BPF program over TCP sockets copies into records, and this process reads from them. */
export class TcpFields<Name extends string> {
  readonly #fields: Readonly<Record<Name, CopiedField>>;
  readonly #members = new Map<Name, KernelField>();
  readonly #recordBytes: number;

  /** Throws `linux.unsupported`. */
  constructor(types: KernelTypes, fields: Readonly<Record<Name, CopiedField>>, recordBytes: number) {
    this.#fields = fields;
    this.#recordBytes = recordBytes;
    for (const name of Object.keys(fields) as Name[]) {
      const { of, field, isOptional } = fields[name];
      if (isOptional && !types.hasField(of, field)) continue;
      this.#members.set(name, types.field(of, field));
    }
  }

  /**
   * Writes a record of the socket in register `common` (struct sock_common) to where the iterator's reader gets it; ends with one
   * that is no TCP socket. `context` has the iterator's arguments, and `socket` gets the struct tcp_sock.
   * @param begin adds to the record, which lies on the stack from this offset on, before the fields are
   */
  copy(
    program: BpfProgram,
    { context, common, socket }: Record<"context" | "common" | "socket", number>,
    begin: (at: number) => void = () => undefined,
  ): BpfProgram {
    const start = -this.#recordBytes;
    for (let at = 0; at < this.#recordBytes; at += 8) program.clear(frame, start + at);
    program.move(1, common).call(toTcpSocket).endIf(0, 0).move(socket, 0);
    begin(start);
    for (const [name, { offset }] of this.#members) {
      const { at, width, of } = this.#fields[name];
      const from = of === "sock_common" ? common : socket;
      // An IPv6 address is an array of words to the verifier, which are read one by one.
      const step: Width = width === 16 ? 4 : width;
      for (let done = 0; done < width; done += step) {
        program.load(step, 1, from, offset + done).store(step, frame, start + at + done, 1);
      }
    }
    program.load(8, 1, context, 0).load(8, 1, 1, 0).move(2, frame).add(2, start);
    return program.set(3, this.#recordBytes).call(sequenceWrite);
  }

  /** The records in what the iterator wrote. */
  *records(output: Buffer): Iterable<Buffer> {
    for (let at = 0; at + this.#recordBytes <= output.length; at += this.#recordBytes) {
      yield output.subarray(at, at + this.#recordBytes);
    }
  }

  /** Of a record: a number of 32 bits. */
  u32(bytes: Buffer, name: Name): number {
    return bytes.readUInt32LE(this.#fields[name].at);
  }

  /** Of a record: a bit field. */
  bits(bytes: Buffer, name: Name): number {
    const { shift, size } = this.#members.get(name)?.bits ?? { shift: 0, size: 0 };
    return (bytes.readUInt8(this.#fields[name].at) >> shift) & ((1 << size) - 1);
  }
}

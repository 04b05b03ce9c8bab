import koffi from "koffi";
import { bpf, bpfAttributeBytes } from "./bpf.ts";

/** Where struct bpf_map_info and struct bpf_prog_info have the name, and how much of them is asked for. */
const infos = { map: { bytes: 88, nameAt: 24 }, program: { bytes: 80, nameAt: 64 } } as const;
const nameBytes = 16;

/** The name that a map or a program was given when it was made. Throws `SystemCallError`. */
export function bpfName(fd: number, kind: keyof typeof infos): string {
  const { bytes, nameAt } = infos[kind];
  // The info lies behind the attributes that say where.
  const whole = Buffer.alloc(bpfAttributeBytes + bytes);
  whole.writeUInt32LE(fd, 0);
  whole.writeUInt32LE(bytes, 4);
  whole.writeBigUInt64LE(koffi.address(whole) + BigInt(bpfAttributeBytes), 8);
  bpf("OBJ_GET_INFO_BY_FD", whole);
  const at = bpfAttributeBytes + nameAt;
  return whole.toString("latin1", at, at + nameBytes).replace(/\0.*$/s, "");
}

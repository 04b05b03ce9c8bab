import { checked, libc } from "./libc.ts";
import { type Address, viewMemory } from "./memory.ts";
import { type Holding, reclaim } from "./reclaim.ts";

const mmap = libc.func("intptr_t mmap(void *, size_t, int, int, int, int64_t)");
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** Memory of this process that stays where it is: what a Buffer cannot promise to a kernel that was told its address. */
export interface MappedMemory {
  address: Address;
  bytes: Uint8Array<ArrayBuffer>;
  holding: Holding;
}

/** Pages are there once they are touched. */
export function mapMemory(bytes: number): MappedMemory {
  const result = mmap(null, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0) as number | bigint;
  if (Number(result) === -1) checked("mmap", -1);
  const address = BigInt(result);
  return {
    address,
    bytes: new Uint8Array(viewMemory(address, bytes)),
    holding: { kind: "mapping", address, bytes },
  };
}

/** Nothing may read it any more. */
export function unmapMemory({ holding }: MappedMemory): void {
  reclaim([holding]);
}

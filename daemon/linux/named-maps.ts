import koffi from "koffi";
import { bpfWords, callBpf } from "./bpf.ts";
import { bpfName } from "./bpf-name.ts";
import { closeDescriptor, SystemCallError } from "./libc.ts";

const ENOENT = 2;
const mapsMax = 100_000;

/** Descriptors of the machine's BPF maps of this name, whoever made them. Throws `SystemCallError`; needs CAP_SYS_ADMIN. */
export function findMaps(name: string): number[] {
  const found: number[] = [];
  let id = 0;
  for (let looked = 0; looked < mapsMax; looked += 1) {
    const next = nextId(id);
    if (next === undefined) break;
    id = next;
    const fd = descriptorOf(id);
    if (fd === undefined) continue;
    if (bpfName(fd, "map") === name) found.push(fd);
    else closeDescriptor(fd);
  }
  return found;
}

function nextId(id: number): number | undefined {
  const attributes = bpfWords(id);
  if (callBpf("MAP_GET_NEXT_ID", attributes) >= 0) return new DataView(attributes.buffer).getUint32(4, true);
  const errno = koffi.errno();
  if (errno === ENOENT) return undefined;
  throw new SystemCallError("bpf(BPF_MAP_GET_NEXT_ID)", errno);
}

/** Undefined when it is gone by now. */
function descriptorOf(id: number): number | undefined {
  const fd = callBpf("MAP_GET_FD_BY_ID", bpfWords(id));
  if (fd >= 0) return fd;
  const errno = koffi.errno();
  if (errno === ENOENT) return undefined;
  throw new SystemCallError("bpf(BPF_MAP_GET_FD_BY_ID)", errno);
}

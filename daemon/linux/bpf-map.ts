import koffi from "koffi";
import { bpf, bpfWords, callBpf } from "./bpf.ts";
import { closeDescriptor, SystemCallError } from "./libc.ts";

/** Map types (enum bpf_map_type). */
const types = {
  hash: 1,
  array: 2,
  lruHash: 9,
  queue: 22,
  ringBuffer: 27,
} as const;
const noPreallocation = 1;
const mappable = 1024;
/** In union bpf_attr for BPF_MAP_CREATE. */
const nameAt = 28;
const ENOENT = 2;
const noKey = new Uint8Array(0);
const attributeBytes = 32;
/** Deleting takes no value, and refuses its address. */
const bytesOf = {
  MAP_LOOKUP_ELEM: attributeBytes,
  MAP_UPDATE_ELEM: attributeBytes,
  MAP_LOOKUP_AND_DELETE_ELEM: attributeBytes,
  MAP_DELETE_ELEM: 16,
} as const;

export interface BpfMapOptions {
  type: keyof typeof types;
  /** Both 0 of a ring buffer. */
  keyBytes: number;
  valueBytes: number;
  /** Of a ring buffer its bytes: a power of two, and whole pages. */
  entriesMax: number;
  /** Of a hash: memory is taken as entries come, and not for all of them at once. */
  growing?: boolean;
  /** Of an array: this process may map its values. */
  mappable?: boolean;
  /** By which it is found again (`findMaps`); up to 15 letters, digits and underscores. */
  name?: string;
  /** Of a map that is there already, and is no other than these options say. */
  fd?: number;
}

/** A map that BPF programs and this process share. It is gone when its descriptor and all programs that use it are. */
export class BpfMap {
  readonly fd: number;
  /** union bpf_attr, then the key, then the value: of its own buffer, which the garbage collector does not move. */
  readonly #memory: Uint8Array;
  readonly #key: Uint8Array;
  readonly #value: Uint8Array;

  /** Throws `SystemCallError`. Needs CAP_BPF of the machine itself. */
  constructor(options: BpfMapOptions) {
    const { keyBytes, valueBytes } = options;
    this.fd = options.fd ?? create(options);
    this.#memory = new Uint8Array(new ArrayBuffer(attributeBytes + keyBytes + valueBytes));
    this.#key = this.#memory.subarray(attributeBytes, attributeBytes + keyBytes);
    this.#value = this.#memory.subarray(attributeBytes + keyBytes);
    const view = new DataView(this.#memory.buffer);
    const address = koffi.address(this.#memory);
    view.setUint32(0, this.fd, true);
    // A queue has no keys, and refuses the address of one.
    if (keyBytes > 0) view.setBigUint64(8, address + BigInt(attributeBytes), true);
    view.setBigUint64(16, address + BigInt(attributeBytes + keyBytes), true);
  }

  /** The value, in memory that the next call writes over; undefined when there is none. */
  get(key: Uint8Array): Uint8Array | undefined {
    return this.#ask("MAP_LOOKUP_ELEM", key) ? this.#value : undefined;
  }

  /** Throws `SystemCallError`: E2BIG when the map is full. */
  set(key: Uint8Array, value: Uint8Array): void {
    this.#value.set(value);
    this.#ask("MAP_UPDATE_ELEM", key);
  }

  /** Of a queue: puts a value behind the others. */
  push(value: Uint8Array): void {
    this.set(noKey, value);
  }

  /** Of a queue: takes the first value out, in memory that the next call writes over; undefined when there is none. */
  pop(): Uint8Array | undefined {
    return this.#ask("MAP_LOOKUP_AND_DELETE_ELEM", noKey) ? this.#value : undefined;
  }

  /** Answers whether it was there. */
  delete(key: Uint8Array): boolean {
    return this.#ask("MAP_DELETE_ELEM", key);
  }

  close(): void {
    closeDescriptor(this.fd);
  }

  #ask(command: keyof typeof bytesOf, key: Uint8Array): boolean {
    this.#key.set(key);
    if (callBpf(command, this.#memory.subarray(0, bytesOf[command])) === 0) return true;
    const errno = koffi.errno();
    if (errno === ENOENT) return false;
    throw new SystemCallError(`bpf(BPF_${command})`, errno);
  }
}

function create(options: BpfMapOptions): number {
  const { type, keyBytes, valueBytes, entriesMax, growing, name = "" } = options;
  const flags = (growing ? noPreallocation : 0) | (options.mappable ? mappable : 0);
  const attributes = bpfWords(types[type], keyBytes, valueBytes, entriesMax, flags);
  attributes.set(Buffer.from(name, "latin1"), nameAt);
  return bpf("MAP_CREATE", attributes);
}

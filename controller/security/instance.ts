import { hkdfSync } from "node:crypto";
import type { Digest, HostId, UnitId } from "../../schemas/mod.ts";

/** One module on one host. */
export interface InstanceOf {
  host: HostId;
  unit: UnitId;
  /** Digest of the module. */
  module: Digest;
}

/** What the module of one unit on one host is to the controller: `mod_id` and `init_key` of layer-4.5 table 2.1. */
export interface Instance {
  /** u32 */
  id: number;
  /** 32 bytes. */
  key: Uint8Array;
}

const keyBytes = 32;
export const instanceBytes = 4 + keyBytes;
const purpose = "netloom layer45 instance";

/**
 * The content of the artifact `instance`: id (u32, little-endian) and key, as `sec_initialize` takes them (decision 0016).
 * HKDF-SHA256 (RFC 5869) of the master secret: the same for ever, without anything being kept for a unit.
 */
export function deriveInstance(master: Uint8Array, { host, unit, module }: InstanceOf): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", master, purpose, `${host} ${unit} ${module}`, instanceBytes));
}

/** Reads what `deriveInstance` gave. */
export function readInstance(content: Uint8Array): Instance {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return { id: view.getUint32(0, true), key: content.subarray(4, instanceBytes) };
}

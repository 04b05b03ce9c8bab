import { ProblemError } from "../../schemas/mod.ts";
import type { Bucket } from "../bus.ts";
import { limits } from "../messages.ts";
import * as is from "../shape.ts";
import { decodeJson, encodeJson } from "../wire.ts";

/** Who leads, as all candidates see it. */
export interface Lease {
  /** Empty when its last holder gave it up. */
  holder: string;
  /** Fencing number: rises with each new holder. */
  term: number;
  /** For how long after a renewal nobody else takes it. */
  durationMs: number;
}

export interface StoredLease {
  lease: Lease;
  /** Changes with each write, renewals included. */
  version: string;
}

/** Where a lease is kept; a bucket here, a Lease object where there is a Kubernetes. Both reject with `bus.unavailable`. */
export interface LeaseStore {
  read(): Promise<StoredLease | undefined>;
  /** Writes only when the version is still that (undefined: when there is none); undefined when it is not. */
  write(lease: Lease, version: string | undefined): Promise<string | undefined>;
}

const leaseBytesMax = 4_096;

const leaseShape = is.object<Lease>({
  holder: is.text(128),
  term: is.integer(0, limits.termMax),
  durationMs: is.integer(0, 10 * 60_000),
});

/** Of one that cannot be read, nobody knows for how long it holds: it is waited for longer than any is made for. */
const unreadable: Lease = { holder: "unreadable", term: 0, durationMs: 60_000 };

function readLease(value: Uint8Array, key: string): Lease {
  try {
    return decodeJson(value, leaseShape, { subject: key, bytesMax: leaseBytesMax });
  } catch (error) {
    if (error instanceof ProblemError) return unreadable;
    throw error;
  }
}

/** Keeps a lease under `key` of a bucket; its versions are the bucket's revisions. */
export function bucketLease(bucket: Bucket, key: string): LeaseStore {
  return {
    async read() {
      const entry = await bucket.get(key);
      if (!entry) return undefined;
      return { lease: readLease(entry.value, key), version: String(entry.revision) };
    },
    async write(lease, version) {
      const value = encodeJson(lease);
      const revision =
        version === undefined
          ? await bucket.create(key, value)
          : await bucket.update(key, value, Number(version));
      return revision?.toString();
    },
  };
}

import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import { fail } from "../../schemas/mod.ts";
import type { ObjectInForce, Program } from "../objects.ts";
import type { LastGood } from "./last-good.ts";

/** Raised whenever a reader of the one before would misread it. */
const format = 1;
const textBytesMax = 512 * 1024 * 1024;

type StoredObject = Omit<ObjectInForce, "programs"> & {
  ref: string;
  programs: [string, Program][];
  mayBeIn: string[];
  heldSince?: string;
};

interface Stored {
  format: number;
  revision: string;
  uncertain: Record<string, string>;
  objects: StoredObject[];
}

/** The record as gzipped JSON; for the blob store, whose digest guards it. */
export async function encodeRecord(record: LastGood<ObjectInForce>): Promise<Uint8Array> {
  const objects = [...record.objects].map(([ref, { inForce, ...kept }]): StoredObject => {
    return { ref, ...inForce, programs: [...inForce.programs], ...kept };
  });
  const stored: Stored = { format, revision: record.revision, uncertain: record.uncertain, objects };
  return promisify(gzip)(JSON.stringify(stored), { level: constants.Z_BEST_SPEED });
}

/** Rejects with `record.lost` when it was written by a netloom that kept it differently. */
export async function decodeRecord(bytes: Uint8Array): Promise<LastGood<ObjectInForce>> {
  const text = await promisify(gunzip)(bytes, { maxOutputLength: textBytesMax });
  const stored = JSON.parse(text.toString()) as Stored;
  if (stored.format !== format) {
    fail("record.lost", { reason: `its format is ${stored.format}, this netloom's is ${format}` });
  }
  const objects = stored.objects.map(({ ref, mayBeIn, heldSince, programs, ...inForce }) => {
    const kept = { inForce: { ...inForce, programs: new Map(programs) }, mayBeIn };
    return [ref, heldSince === undefined ? kept : { ...kept, heldSince }] as const;
  });
  return { revision: stored.revision, uncertain: stored.uncertain, objects: new Map(objects) };
}

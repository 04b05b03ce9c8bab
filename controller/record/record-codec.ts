import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import { fail } from "../../schemas/mod.ts";
import type { ObjectInForce, Program } from "../objects.ts";
import type { Kept, LastGood } from "./last-good.ts";

/** Raised whenever a reader of the one before would misread it. */
const format = 1;
const textBytesMax = 512 * 1024 * 1024;

/** An object's entry, flat. */
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
  /** Of a difference: what the other record has and this one has not. */
  removed?: string[];
}

type ObjectRecord = LastGood<ObjectInForce>;
type ObjectKept = Kept<ObjectInForce>;

/** The record as gzipped JSON; for the blob store, whose digest guards it. */
export function encodeRecord(record: ObjectRecord): Promise<Uint8Array> {
  const { revision, uncertain } = record;
  return pack({ format, revision, uncertain, objects: [...record.objects].map(store) });
}

/** Rejects with `record.lost` when it was written by a netloom that kept it differently. */
export async function decodeRecord(bytes: Uint8Array): Promise<ObjectRecord> {
  const { revision, uncertain, objects } = await unpack(bytes);
  return { revision, uncertain, objects: new Map(objects.map(restore)) };
}

/** What makes `next` out of `base`, as gzipped JSON; undefined when that is more than `objectsMax` objects. */
export async function encodeDifference(
  base: ObjectRecord,
  next: ObjectRecord,
  { objectsMax }: { objectsMax: number },
): Promise<Uint8Array | undefined> {
  const changed = [...next.objects].filter(([ref, kept]) => !isSame(base.objects.get(ref), kept));
  const removed = [...base.objects.keys()].filter((ref) => !next.objects.has(ref));
  if (changed.length + removed.length > objectsMax) return undefined;
  const { revision, uncertain } = next;
  return pack({ format, revision, uncertain, objects: changed.map(store), removed });
}

export async function applyDifference(base: ObjectRecord, bytes: Uint8Array): Promise<ObjectRecord> {
  const { revision, uncertain, objects: changed, removed = [] } = await unpack(bytes);
  const objects = new Map([...base.objects, ...changed.map(restore)]);
  for (const ref of removed) objects.delete(ref);
  return { revision, uncertain, objects };
}

/** Whether two records say the same of an object. */
export function isSame(one: ObjectKept | undefined, other: ObjectKept): boolean {
  if (one === other) return true;
  if (one === undefined || one.heldSince !== other.heldSince) return false;
  const [ours, theirs] = [one.inForce, other.inForce];
  if (ours.version !== theirs.version || ours.revision !== theirs.revision || ours.file !== theirs.file)
    return false;
  return one.mayBeIn.join("\n") === other.mayBeIn.join("\n");
}

function store([ref, { inForce, ...kept }]: [string, ObjectKept]): StoredObject {
  return { ref, ...inForce, programs: [...inForce.programs], ...kept };
}

function restore({ ref, mayBeIn, heldSince, programs, ...inForce }: StoredObject): [string, ObjectKept] {
  const kept = { inForce: { ...inForce, programs: new Map(programs) }, mayBeIn };
  return [ref, heldSince === undefined ? kept : { ...kept, heldSince }];
}

function pack(stored: Stored): Promise<Uint8Array> {
  return promisify(gzip)(JSON.stringify(stored), { level: constants.Z_BEST_SPEED });
}

async function unpack(bytes: Uint8Array): Promise<Stored> {
  const text = await promisify(gunzip)(bytes, { maxOutputLength: textBytesMax });
  const stored = JSON.parse(text.toString()) as Stored;
  if (stored.format === format) return stored;
  return fail("record.lost", { reason: `its format is ${stored.format}, this netloom's is ${format}` });
}

import { fail } from "../../schemas/mod.ts";
import { limits } from "../messages.ts";
import * as is from "../shape.ts";
import { decodeJson, encodeJson } from "../wire.ts";

/**
 * Blobs travel and are stored in pieces of this size; the last one is shorter. For a fleet of 500, a server of NATS needs up to
 * twice the processor time for pieces of a quarter of it.
 */
export const chunkBytes = 128 * 1024;
const chunksMax = Math.ceil(limits.blobBytesMax / chunkBytes);
const headerBytes = 8;
const wantBytesMax = 4096;

/** How many chunks a blob of that size has; an empty one has one, so that there is something to send. */
export function chunkCount(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

/** A daemon asks for a blob: for all of it, or for the chunks it lacks; or says, with none, that it has it. */
export interface BlobWant {
  digest: string;
  chunks?: number[];
}

const blobWant = is.object<BlobWant>({
  digest: is.text(64, /^[0-9a-f]{64}$/),
  chunks: is.optional(is.list(is.integer(0, chunksMax - 1), chunksMax)),
});

export function encodeWant(want: BlobWant): Uint8Array {
  return encodeJson(want);
}

/** Throws `bus.malformed`. */
export function decodeWant(payload: Uint8Array, subject: string): BlobWant {
  return decodeJson(payload, blobWant, { subject, bytesMax: wantBytesMax });
}

/** What is published for all who want a blob: a chunk of it, or word that it is not there. */
export type BlobData =
  | { kind: "chunk"; totalBytes: number; index: number; data: Uint8Array }
  | { kind: "absent" };

/** Chunk: size of the blob, index (4 bytes each, big-endian), data. Absent: nothing. */
export function encodeBlobData(sent: BlobData): Uint8Array {
  if (sent.kind === "absent") return new Uint8Array();
  const payload = Buffer.allocUnsafe(headerBytes + sent.data.byteLength);
  payload.writeUInt32BE(sent.totalBytes, 0);
  payload.writeUInt32BE(sent.index, 4);
  payload.set(sent.data, headerBytes);
  return payload;
}

/** Reads what `encodeBlobData` wrote; throws `bus.malformed` when size, index and length do not fit one another. */
export function decodeBlobData(payload: Uint8Array, subject: string): BlobData {
  if (payload.byteLength === 0) return { kind: "absent" };
  const wrong = (reason: string): never => fail("bus.malformed", { subject, reason });
  if (payload.byteLength < headerBytes) return wrong("it is too short for a chunk");
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const totalBytes = view.getUint32(0);
  const index = view.getUint32(4);
  const data = payload.subarray(headerBytes);
  if (totalBytes > limits.blobBytesMax) return wrong(`its blob has more than ${limits.blobBytesMax} bytes`);
  if (index >= chunkCount(totalBytes)) return wrong("its index is past the end");
  if (data.byteLength !== Math.min(chunkBytes, totalBytes - index * chunkBytes)) {
    return wrong("its length is not that of its place");
  }
  return { kind: "chunk", totalBytes, index, data };
}

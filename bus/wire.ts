import { constants, gunzipSync, gzipSync } from "node:zlib";
import { fail } from "../schemas/mod.ts";
import { type Shape, ShapeError } from "./shape.ts";

/** Below this many bytes of JSON, compressing costs more than it saves. */
const compressFromBytes = 64 * 1024;

/** JSON in UTF-8, gzipped when large. */
export function encodeJson(value: unknown): Uint8Array {
  const plain = Buffer.from(JSON.stringify(value));
  if (plain.byteLength < compressFromBytes) return plain;
  return gzipSync(plain, { level: constants.Z_BEST_SPEED });
}

/**
 * Reads what `encodeJson` wrote, from a peer that may be hostile: never unpacks more than `bytesMax`, takes nothing
 * that `shape` does not. Throws `bus.malformed`, with the subject it came on.
 */
export function decodeJson<T>(
  payload: Uint8Array,
  shape: Shape<T>,
  options: { subject: string; bytesMax: number },
): T {
  try {
    return shape(JSON.parse(unpack(payload, options.bytesMax)));
  } catch (error) {
    return fail("bus.malformed", { subject: options.subject, reason: reasonOf(error) }, { cause: error });
  }
}

/** How much the payload holds unpacked, as it says itself; true of one that was unpacked without fault. */
export function unpackedBytes(payload: Uint8Array): number {
  if (!isPacked(payload) || payload.byteLength < 18) return payload.byteLength;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return view.getUint32(payload.byteLength - 4, true);
}

function isPacked(payload: Uint8Array): boolean {
  return payload[0] === 0x1f && payload[1] === 0x8b;
}

function unpack(payload: Uint8Array, bytesMax: number): string {
  const bytes = isPacked(payload) ? gunzipSync(payload, { maxOutputLength: bytesMax }) : payload;
  if (bytes.byteLength > bytesMax) throw new ShapeError(`is longer than ${bytesMax} bytes`);
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function reasonOf(error: unknown): string {
  if (error instanceof ShapeError) return error.describe();
  // Parsers quote their input; a peer's bytes have no place in our log.
  if (error instanceof SyntaxError) return "it is no JSON";
  const code = (error as { code?: unknown }).code;
  if (code === "ERR_BUFFER_TOO_LARGE") return "it unpacks to more than is allowed";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is no UTF-8";
  if (typeof code === "string" && (code.startsWith("Z_") || code.startsWith("ERR_")))
    return "it cannot be unpacked";
  throw error;
}

import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from "node:crypto";
import type { Instance } from "./instance.ts";

/** A challenge that was made and waits for its answer. */
export interface Challenge {
  /** What only who has the key can read out of `nonce`. */
  secret: Uint8Array;
  /** As it travels: hex of 16 bytes of IV and the ciphertext. */
  nonce: string;
}

const cipher = "aes-256-cbc";
const ivBytes = 16;
const secretBytes = 8;

/** 8 random bytes, encrypted by AES-256-CBC (PKCS #7) under the instance's key with a fresh IV (layer-4.5 §3.3). */
export function makeChallenge({ key }: Instance): Challenge {
  const secret = randomBytes(secretBytes);
  const iv = randomBytes(ivBytes);
  const encrypting = createCipheriv(cipher, key, iv);
  const nonce = Buffer.concat([iv, encrypting.update(secret), encrypting.final()]).toString("hex");
  return { secret, nonce };
}

/** Whether the answer is the challenge and the instance's id (u32, most significant byte first), encrypted alike; otherwise why not. */
export function judgeAnswer(
  { id, key }: Instance,
  { secret }: Challenge,
  answer: string,
): "right" | { wrong: string } {
  const bytes = Buffer.from(answer, "hex");
  if (bytes.length === 0) return { wrong: "its answer is empty" };
  if (bytes.length !== 2 * ivBytes) return { wrong: `its answer has ${bytes.length} bytes` };
  const decrypting = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes));
  let said: Buffer;
  try {
    said = Buffer.concat([decrypting.update(bytes.subarray(ivBytes)), decrypting.final()]);
  } catch {
    // The padding is wrong, which is how a wrong key shows most of the time.
    return { wrong: "its answer is not encrypted with its key" };
  }
  const wanted = Buffer.alloc(secretBytes + 4);
  wanted.set(secret);
  wanted.writeUInt32BE(id, secretBytes);
  if (said.length === wanted.length && timingSafeEqual(said, wanted)) return "right";
  return { wrong: "its answer is not the challenge and its id" };
}

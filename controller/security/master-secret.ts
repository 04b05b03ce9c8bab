import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { Bucket } from "../../bus/mod.ts";
import { fail } from "../../schemas/mod.ts";

const secretKey = "security.master";
const secretBytes = 32;
const fileBytesMax = 4096;
const attemptsMax = 10;

/**
 * The secret that all instance keys come from, as the bucket `record` has it, which no host can read (docs/bus.md); made there by
 * whichever controller is first.
 */
export async function masterSecret(record: Bucket): Promise<Uint8Array> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const entry = await record.get(secretKey);
    if (entry) return entry.value;
    const made = new Uint8Array(randomBytes(secretBytes));
    if ((await record.create(secretKey, made)) !== undefined) return made;
  }
  return fail("bus.unavailable", {
    reason: `"${secretKey}" was made and deleted ${attemptsMax} times in a row`,
  });
}

/** The secret as a file has it, which nobody but its owner may read. Rejects with `security.secret-unusable`. */
export async function masterSecretOf(path: string): Promise<Uint8Array> {
  const unusable = (reason: string): never => fail("security.secret-unusable", { path, reason });
  try {
    const { size, mode } = await stat(path);
    if ((mode & 0o077) !== 0) unusable("others than its owner may use it");
    if (size < secretBytes || size > fileBytesMax) unusable(`it has ${size} bytes`);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return unusable(`it cannot be read (${code})`);
  }
}

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../schemas/mod.ts";

const secretBytesMax = 64 * 1024;
const namePattern = /^[a-z0-9]([-.a-z0-9]{0,126}[a-z0-9])?$/;

/**
 * The content of the file of that name in the folder of secrets, without a line end at its end. Secrets never travel
 * over the bus and are not kept. Rejects with `secret.missing`.
 */
export async function readSecret(name: string, folder: string | undefined): Promise<Uint8Array> {
  if (folder === undefined)
    return fail("secret.missing", { name, reason: "this daemon has no folder of secrets" });
  if (!namePattern.test(name))
    return fail("secret.missing", { name, reason: "its name is no name of a secret" });
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    if (size > secretBytesMax) {
      return fail("secret.missing", {
        name,
        reason: `${path} has ${size} bytes; at most ${secretBytesMax} are read`,
      });
    }
    const content = await readFile(path);
    return content.at(-1) === 0x0a ? content.subarray(0, -1) : content;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return fail("secret.missing", { name, reason: `${path} cannot be read (${code})` }, { cause: error });
  }
}

import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What a file of the store is, on its first line, with the SHA-256 of all that follows it. */
const magic = "netloom-state";
const formatVersion = 1;
const headerBytesMax = 100;
const headerPattern = /^netloom-state (\d+) ([0-9a-f]{64})\n$/;

/** Suffix of files that are being written; what bears it after a crash never was part of the store. */
export const unfinishedSuffix = ".unfinished";

export type Reading = { kind: "content"; value: unknown } | { kind: "torn"; reason: string };

/** JSON with its format version and checksum: a file that was cut short or changed is told from a whole one. */
export function formatChecked(value: unknown): Uint8Array {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return Buffer.concat([Buffer.from(`${magic} ${formatVersion} ${sha256(body)}\n`), body]);
}

/** Reads what `formatChecked` wrote. */
export function parseChecked(bytes: Uint8Array): Reading {
  const end =
    Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headerBytesMax)).indexOf(10) + 1;
  const header = headerPattern.exec(Buffer.from(bytes.subarray(0, end)).toString("latin1"));
  if (!header) return { kind: "torn", reason: "it does not begin like a file of netloom's" };
  if (Number(header[1]) !== formatVersion) {
    return {
      kind: "torn",
      reason: `its format is version ${header[1]}; this netloom reads ${formatVersion}`,
    };
  }
  const body = bytes.subarray(end);
  if (sha256(body) !== header[2]) return { kind: "torn", reason: "its content does not match its checksum" };
  return { kind: "content", value: JSON.parse(Buffer.from(body).toString("utf8")) };
}

export async function readChecked(path: string, options: { bytesMax: number }): Promise<Reading> {
  const { size } = await stat(path);
  if (size > options.bytesMax) {
    return { kind: "torn", reason: `it has ${size} bytes; at most ${options.bytesMax} are read` };
  }
  return parseChecked(await readFile(path));
}

/**
 * Writes a file so that whoever reads its name, after a crash at any moment, finds the old content or the new one. The
 * name itself outlives a power cut only after `syncFolder`.
 */
export async function writeWhole(path: string, content: Uint8Array): Promise<void> {
  const unfinished = path + unfinishedSuffix;
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

/** Puts a folder's names on disk: those made, replaced and deleted. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Moves what cannot be used out of the way, without overwriting what was moved before; the newest is kept. */
export async function setAside(path: string, tornFolder: string): Promise<string> {
  await mkdir(tornFolder, { recursive: true, mode: 0o700 });
  const to = join(tornFolder, basename(path));
  await rm(to, { recursive: true, force: true });
  await rename(path, to);
  await syncFolder(dirname(path));
  return to;
}

export function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

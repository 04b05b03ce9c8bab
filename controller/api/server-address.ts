import { lstatSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../../schemas/mod.ts";

/** Where a controller's API is: a Unix socket, or TCP. */
export type ServerAddress = { kind: "socket"; path: string } | { kind: "tcp"; host: string; port: number };

/** Throws `server.address-invalid`. */
export function parseServerAddress(text: string): ServerAddress {
  if (!text.startsWith("http://")) return { kind: "socket", path: text.replace(/^unix:/, "") };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.port || url.pathname !== "/") return fail("server.address-invalid", { address: text });
  return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) };
}

/**
 * Makes the folder of a socket, closed to everybody else. Throws `server.folder-unsafe` when somebody else could put
 * another socket in its place: in /tmp anybody may have made a folder of that name first.
 */
export function prepareSocketFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  checkSocketFolder(path);
}

/** Throws `server.folder-unsafe`; a folder that is not there is safe. */
export function checkSocketFolder(path: string): void {
  const folder = dirname(path);
  const reason = unsafe(folder);
  if (reason) fail("server.folder-unsafe", { folder, reason });
}

function unsafe(folder: string): string | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isDirectory()) return "it is no directory";
  if (found.uid !== process.geteuid?.()) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o022) !== 0) return "others may write to it";
  return undefined;
}

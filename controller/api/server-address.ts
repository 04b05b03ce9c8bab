import { accessSync, constants, lstatSync, mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fail } from "../../schemas/mod.ts";

/** Where a controller's API is: a Unix socket, or TCP. */
export type ServerAddress = { kind: "socket"; path: string } | { kind: "tcp"; host: string; port: number };

/**
 * The address that command line and controllers agree on when none is given: NETLOOM_SERVER (a socket's path, or
 * "http://HOST:PORT"), else `control.sock` in a folder of the user's own: in /run for whoever may write there, in /tmp for
 * others. A sandbox has a /run of its own and shares /tmp, where its root would meet the folder of the machine's root: both
 * are user 0 to themselves.
 */
export function defaultServerAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  const given = env.NETLOOM_SERVER;
  if (given) return parseServerAddress(given);
  const folder = isWritable("/run") ? "/run/netloom" : `/tmp/netloom-${userInfo().uid}`;
  return { kind: "socket", path: join(folder, "control.sock") };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

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
  if (found.uid !== userInfo().uid) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o022) !== 0) return "others may write to it";
  return undefined;
}

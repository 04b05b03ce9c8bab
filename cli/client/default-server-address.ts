import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
// Not by the controller's door, which brings all of it: a command that only asks should be there at once.
import { parseServerAddress, type ServerAddress } from "../../controller/api/server-address.ts";
import { outsideUser } from "./outside-user.ts";

/**
 * The address that commands and controllers agree on when none is given: NETLOOM_SERVER (a socket's path, or
 * "http://HOST:PORT"), else `control.sock` in a folder of the user's own: in /run for whoever may write there, as a sandbox's
 * root may in its own, in /tmp for others. All namespaces share /tmp, and in many of them somebody is user 0, so that the folder
 * is named by the number outside. XDG_RUNTIME_DIR and TMPDIR are not asked: a service and a shell of one user differ in them.
 */
export function defaultServerAddress(env: NodeJS.ProcessEnv = process.env): ServerAddress {
  const given = env.NETLOOM_SERVER;
  if (given) return parseServerAddress(given);
  return { kind: "socket", path: join(isWritable("/run") ? "/run/netloom" : sharedFolder(), "control.sock") };
}

function sharedFolder(): string {
  // Not userInfo, which throws for a user without a line in /etc/passwd, as many are in containers.
  const user = process.geteuid?.() as number;
  return `/tmp/netloom-${outsideUser(user, readFileSync("/proc/self/uid_map", "utf8"))}`;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

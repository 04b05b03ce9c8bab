import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A descriptor of a socket. */
export interface SocketHolder {
  process: number;
  fd: number;
}

/** A machine may have more; of those, the ones that were started last are looked at. */
const processesMax = 32_768;
const descriptorsMax = 65_536;

/**
 * Who has a socket open, as /proc tells: of this process's own PID namespace, and of another user's processes only to
 * who may trace them. Costs about a microsecond for each descriptor of the machine until the first is found: processes
 * are looked at in the order of `first`, and then the youngest first.
 */
export function findHolder(inode: number, first: readonly number[] = []): SocketHolder | undefined {
  const wanted = `socket:[${inode}]`;
  for (const process of [...first, ...processes()]) {
    for (const fd of descriptors(process)) {
      if (readLink(process, fd) === wanted) return { process, fd: Number(fd) };
    }
  }
  return undefined;
}

/** Whether a descriptor is still that of the socket. */
export function holds({ process, fd }: SocketHolder, inode: number): boolean {
  return readLink(process, String(fd)) === `socket:[${inode}]`;
}

/** Names (comm) of a process: its group's leader's, and those of its other threads. Undefined when it is gone. */
export function namesOfProcess(process: number): { group: string; tasks: string[] } | undefined {
  const group = readName(`/proc/${process}/comm`);
  if (group === undefined) return undefined;
  const tasks = list(`/proc/${process}/task`)
    .map((thread) => readName(`/proc/${process}/task/${thread}/comm`))
    .filter((name) => name !== undefined);
  return { group, tasks };
}

/** The youngest first: what has just opened a socket has often just begun. */
function processes(): number[] {
  return list("/proc")
    .filter((name) => name.charCodeAt(0) <= 0x39)
    .map(Number)
    .sort((a, b) => b - a)
    .slice(0, processesMax);
}

function descriptors(process: number): string[] {
  return list(`/proc/${process}/fd`).slice(0, descriptorsMax);
}

/** Processes and descriptors end while they are looked at, and some are another user's: both are nothing found. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(process: number, fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/${process}/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function readName(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1").replace(/\n$/, "");
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from "node:fs";
import { fail } from "../schemas/mod.ts";
import { type LabDescription, runFolder } from "./run-folder.ts";

/** A lab that runs on this machine, seen from outside its sandbox. */
export interface RunningLab extends LabDescription {
  /** Of its first process, in the caller's process namespace. */
  pid: number;
}

/** Finds one by name, or the only one there is. Throws `lab.not-running`, `lab.ambiguous`. */
export function findLab(name?: string): RunningLab {
  const labs = findLabs();
  const running = labs.map((lab) => lab.name);
  const [found, other] = name === undefined ? labs : labs.filter((lab) => lab.name === name);
  if (found === undefined) return fail("lab.not-running", { name, running });
  if (other !== undefined) return fail("lab.ambiguous", { running });
  return found;
}

/** All labs of this user (all of the machine, for root), in order of their names. */
export function findLabs(): RunningLab[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => describedBy(Number(entry)) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The path, seen from here, of a file in the lab's private /run. */
export function pathInLab({ pid }: RunningLab, path: string): string {
  return `/proc/${pid}/root${path}`;
}

/** The lab whose first process this is; undefined when it is none, is another user's, or has ended meanwhile. */
function describedBy(pid: number): RunningLab | undefined {
  try {
    // Every process of a lab sees its files; the first one is number 1 of a process namespace below ours.
    const [, own, ...below] =
      /^NSpid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.split("\t") ?? [];
    if ([own, ...below].at(-1) !== "1") return undefined;
    const text = readFileSync(`/proc/${pid}/root${runFolder.description}`, "utf8");
    return { ...(JSON.parse(text) as LabDescription), pid };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "EACCES" || code === "EPERM" || code === "ESRCH" || code === "ENOTDIR";
}

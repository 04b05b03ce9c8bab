import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { commandInLab, findLab } from "../../lab/mod.ts";
import type { CaptureOptions } from "../lab.ts";

/** Runs a command on a host of a lab, with this terminal; its exit code is ours. */
export async function execOnHost(
  host: string,
  words: readonly string[],
  { name }: { name?: string },
): Promise<number> {
  return runHere(commandInLab(findLab(name), host, words));
}

/**
 * Runs tshark on a host of a lab until it is interrupted. Not tcpdump, which wants to become another user and ends where
 * it cannot: as root of a user namespace, which an ordinary user's lab is.
 */
export async function captureOnHost(
  host: string,
  filter: readonly string[],
  options: CaptureOptions,
): Promise<number> {
  if (!isInstalled("tshark")) {
    process.stderr.write(
      "netloom lab capture: Cannot capture: tshark is not in PATH; install it (Debian: apt-get install tshark)\n",
    );
    return 2;
  }
  const { name, interface: device, write } = options;
  const words = [
    ...["tshark", "-n", "-i", device],
    ...(write ? ["-F", "pcap", "-w", write] : ["-l"]),
    ...(filter.length > 0 ? ["-f", filter.join(" ")] : []),
  ];
  return execOnHost(host, words, name === undefined ? {} : { name });
}

function isInstalled(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The terminal sends its signals to the command itself; one that is sent to this process alone is passed on. */
function runHere([program, ...words]: [string, ...string[]]): Promise<number> {
  const child = spawn(program, words, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!process.stdin.isTTY || signal === "SIGTERM") passOn(child, signal);
    });
  }
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
  });
}

/** The command is a child of nsenter, which forks to enter the lab's processes and would not pass the signal on. */
function passOn({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    for (const each of children.trim().split(" ")) process.kill(Number(each), signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ESRCH") throw error;
  }
}

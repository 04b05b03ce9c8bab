import { spawn } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

/** Set for the process inside the sandbox. */
const insideVariable = "NETLOOM_LAB_INSIDE";
const lifelineFd = 3;

export function isInsideSandbox(): boolean {
  return process.env[insideVariable] === "1";
}

/**
 * Runs this very command again in `lab/sandbox` and resolves to its exit code. A signal asks it to end; a second one ends
 * it. It ends with this process, too: the kernel sees to that when this one is killed. `environment` is added to this one's.
 */
export async function launchInSandbox(environment: Record<string, string> = {}): Promise<number> {
  const sandbox = fileURLToPath(new URL("../../lab/sandbox", import.meta.url));
  const command = [sandbox, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...command], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    env: { ...process.env, ...environment, [insideVariable]: "1" },
  });
  // The sandbox shields the process in it from signals, so the end of this pipe is what asks it to end. From a terminal
  // it gets the signal as well, which does no harm.
  const lifeline = child.stdio[lifelineFd] as Socket;
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (asked) child.kill("SIGKILL");
      asked = true;
      lifeline.destroy();
    });
  }
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done(code ?? 1));
  });
}

/** Inside the sandbox: a signal that fires when the lab is to end, by a signal to it or to the process outside. */
export function endOfLab(): AbortSignal {
  const end = new AbortController();
  const lifeline = new Socket({ fd: lifelineFd, readable: true, writable: false });
  lifeline.resume().unref();
  lifeline.on("close", () => end.abort());
  lifeline.on("error", () => end.abort());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end.abort());
  return end.signal;
}

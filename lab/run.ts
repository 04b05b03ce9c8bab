import { spawn } from "node:child_process";
import { fail } from "../schemas/mod.ts";

const limits = { runMs: 60_000, outputBytesMax: 4 * 2 ** 20 } as const;

export interface RunOptions {
  /** What it is for, for the problem's text: "wire gw-1". */
  tried: string;
  input?: string;
  /** Network namespace to run in, by name. */
  netns?: string;
}

/** Runs a command to its end; resolves to its output. Rejects with `lab.command-failed`. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const [program, words] = options.netns
    ? ["nsenter", [`--net=/run/netns/${options.netns}`, command, ...args]]
    : [command, args];
  const child = spawn(program, words, { stdio: "pipe", timeout: limits.runMs, killSignal: "SIGKILL" });
  const output = { stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr"): void => {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      output[name] = (output[name] + chunk).slice(0, limits.outputBytesMax);
    });
  };
  collect("stdout");
  collect("stderr");
  // A command that ends without reading its input is judged by its exit code, not by the broken pipe.
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  const reason = await new Promise<string | undefined>((done) => {
    child.on("error", (error) => done(error.message));
    child.on("close", (code, signal) =>
      done(code === 0 ? undefined : output.stderr.trim() || `it ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  if (reason !== undefined) fail("lab.command-failed", { tried: options.tried, command, reason });
  return output.stdout;
}

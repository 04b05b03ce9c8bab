import { spawn } from "node:child_process";
import type { CommandResult } from "./check-expectation.ts";

/** How much of each of a command's outputs is kept. */
const outputBytesMax = 2 ** 20;

/** Runs a command in a network namespace until it ends, or is ended by the signal together with all it started. */
export function runToEnd(
  netns: string,
  { run, stdin }: { run: readonly string[]; stdin?: string | undefined },
  signal: AbortSignal,
): Promise<CommandResult> {
  const child = spawn("nsenter", [`--net=/run/netns/${netns}`, "--", ...run], {
    stdio: "pipe",
    detached: true,
  });
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGKILL");
  };
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const collect = (stream: NodeJS.ReadableStream): (() => string) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      if (bytes < outputBytesMax) chunks.push(chunk);
      bytes += chunk.length;
    });
    return () => Buffer.concat(chunks).subarray(0, outputBytesMax).toString("utf8");
  };
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  // A command that ends without reading its input is judged by what it did, not by the broken pipe.
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  return new Promise((done) => {
    const finish = (exit: number | string): void => {
      signal.removeEventListener("abort", end);
      done({ exit, stdout: stdout(), stderr: stderr() });
    };
    child.on("error", (error) => finish(error.message));
    child.on("close", (code, ended) => finish(code ?? ended ?? "unknown"));
  });
}

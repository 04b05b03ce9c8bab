import { spawnSync } from "node:child_process";
import { fail } from "../../schemas/mod.ts";

const timeoutMs = 5_000;

/**
 * Runs lines of ip(8) in the network namespace of the calling thread. Throws `linux.failed`. Blocks for some milliseconds.
 * @param what what is tried, as in `attempt`
 */
export function runIp(what: string, family: "-4" | "-6", input: string): void {
  const options = { input, encoding: "utf8", timeout: timeoutMs } as const;
  const { error, status, stderr } = spawnSync("ip", [family, "-batch", "-"], options);
  if (status === 0) return;
  fail("linux.failed", { what, is: error?.message ?? `ip ${family}: ${stderr.trim()}` });
}

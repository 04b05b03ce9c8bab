import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** Where distributions have it, for hosts on which tshark itself is not installed. */
const knownFolders = [
  "/usr/lib/x86_64-linux-gnu/wireshark/plugins",
  "/usr/lib/aarch64-linux-gnu/wireshark/plugins",
  "/usr/lib64/wireshark/plugins",
  "/usr/lib/wireshark/plugins",
  "/usr/local/lib/wireshark/plugins",
];
const askTimeoutMs = 10_000;

/** Those of its usual folders that are there. */
export const usualWiresharkFolders = (): string[] => knownFolders.filter((folder) => existsSync(folder));

/** The folder of Lua plug-ins that Wireshark and tshark read for every user; or why it is not known. */
export async function findWiresharkFolder(): Promise<{ folder: string } | { reason: string }> {
  let stdout = "";
  let reason = "it does not name one";
  try {
    ({ stdout } = await promisify(execFile)("tshark", ["-G", "folders"], { timeout: askTimeoutMs }));
  } catch (error) {
    reason = (error as Error).message;
  }
  const said = /^Global Lua Plugins:\s*(\S.*)$/m.exec(stdout)?.[1]?.trim();
  const folder = said ?? usualWiresharkFolders()[0];
  return folder === undefined ? { reason: `tshark -G folders: ${reason}` } : { folder };
}

import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { mirrorSource } from "../../controller/mod.ts";
import { launchInSandbox } from "../../lab/mod.ts";
import { sourceOptions } from "../client/source-flags.ts";
import type { LabRunOptions } from "../lab.ts";

const variable = "NETLOOM_LAB_MIRROR";

/** Where the lab inside the sandbox reads what is not on this machine. */
export interface MirroredSource {
  location: string;
  shown: string;
}

/**
 * Runs this command again in a sandbox. There it has no way to the network, so a repository elsewhere is mirrored from
 * out here for as long as it runs. Resolves to its exit code.
 */
export async function launchLab(location: string, options: LabRunOptions): Promise<number> {
  const folder = mirrorFolder(`${options.name} ${location}`);
  const mirror = await mirrorSource(location, { ...sourceOptions(options), folder });
  if (!mirror) return launchInSandbox();
  try {
    const mirrored: MirroredSource = { location: mirror.location, shown: mirror.shown };
    return await launchInSandbox({ [variable]: JSON.stringify(mirrored) });
  } finally {
    await mirror.close();
  }
}

/** Inside: what was mirrored, if anything was. */
export function mirroredSource(): MirroredSource | undefined {
  const text = process.env[variable];
  return text === undefined ? undefined : (JSON.parse(text) as MirroredSource);
}

/** Stays from one lab of a repository to the next, which then fetches what is new. */
function mirrorFolder(key: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(cache, "netloom", "mirrors", createHash("sha256").update(key).digest("hex").slice(0, 16));
}

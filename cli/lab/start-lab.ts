import { createWriteStream } from "node:fs";
import { findLabs, Lab, type LabEvent } from "../../lab/mod.ts";
import { fail } from "../../schemas/mod.ts";
import { sourceOptions } from "../client/source-flags.ts";
import type { LabRunOptions } from "../lab.ts";
import { ownVersion } from "../own-version.ts";
import { standardModules } from "../standard-modules.ts";
import { mirroredSource } from "./launch-lab.ts";

/** What it says of itself to those who find it, and what it needs from this installation of netloom. */
export function startLab(
  location: string,
  options: LabRunOptions,
  onEvent: (event: LabEvent) => void,
): Promise<Lab> {
  const { name, seed, nats = false, secrets, log } = options;
  const mirrored = mirroredSource();
  return Lab.start({
    name,
    location: mirrored?.location ?? location,
    source: mirrored ? { shown: mirrored.shown } : sourceOptions(options),
    seed,
    nats,
    secretsDir: secrets,
    version: ownVersion(),
    modules: standardModules,
    log: logTo(log),
    onEvent,
  });
}

/** Outside the sandbox: refuses a second lab of one name, which nobody could tell from the first. */
export function refuseSecond(name: string): void {
  if (findLabs().some((lab) => lab.name === name)) fail("lab.already-running", { name });
}

/** JSON lines; nothing without a file, for the table and the lines say what a person needs to know. */
function logTo(file: string | undefined) {
  const stream = file === undefined ? undefined : createWriteStream(file, { flags: "a" });
  const at = (level: string) => (fields: Record<string, unknown>, text: string) => {
    stream?.write(`${JSON.stringify({ time: new Date().toISOString(), level, ...fields, msg: text })}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

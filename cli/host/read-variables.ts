import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

const fileByDefault = "/etc/netloom/host.env";

/** Adds the variables of a file to those of this process; what is set already stays. Without a file, the usual one if it is there. */
export function readVariables(file: string | undefined): void {
  let text: string;
  try {
    text = readFileSync(file ?? fileByDefault, "utf8");
  } catch (error) {
    if (file === undefined && (error as NodeJS.ErrnoException).code === "ENOENT") return;
    process.stderr.write(`netloom: Cannot read ${file ?? fileByDefault}: ${(error as Error).message}\n`);
    process.exit(1);
  }
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value;
}

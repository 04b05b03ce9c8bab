import type { Command } from "commander";
import { ownVersion } from "./own-version.ts";

/** `netloom version`: the version of this netloom. */
export function registerVersion(program: Command): void {
  program
    .command("version")
    .description("print the version of this netloom")
    .action(() => console.log(ownVersion()));
}

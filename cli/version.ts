import { readFileSync } from "node:fs";
import type { Command } from "commander";

/** `netloom version`: the version of this netloom. */
export function registerVersion(program: Command): void {
  program
    .command("version")
    .description("print the version of this netloom")
    .action(() => {
      const url = new URL("../../package.json", import.meta.url);
      console.log((JSON.parse(readFileSync(url, "utf8")) as { version: string }).version);
    });
}

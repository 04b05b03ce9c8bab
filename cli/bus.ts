import type { Command } from "commander";

interface PermissionsOptions {
  host: string[];
  middlebox?: string[];
  keys: string;
}

/** `netloom bus`: what a NATS server has to know of netloom. */
export function registerBus(program: Command): void {
  const bus = program.command("bus").description("prepare a NATS server for netloom");
  bus
    .command("permissions")
    .description("print the server's users: each daemon hears and says only what is its own")
    .requiredOption("--host <namespace/name...>", "hosts that run a daemon")
    .option(
      "--middlebox <namespace/name...>",
      "hosts with a daemon that may ask what customized messages say",
    )
    .requiredOption("--keys <dir>", "where the users' secret keys are, or are to be made")
    .addHelpText(
      "after",
      "\nInclude what is printed in the server's configuration; give each daemon its own key, and the controllers controller.nk.",
    )
    .action(async ({ host, middlebox = [], keys }: PermissionsOptions) => {
      const { printPermissions } = await import("./bus/print-permissions.ts");
      printPermissions({ hosts: host, middleboxes: middlebox }, keys);
    });
}

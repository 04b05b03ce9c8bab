import type { Command } from "commander";
import { option, withLogLevel } from "./client/bus-flags.ts";
import { parseHost } from "./client/parse-host.ts";
import { withSource } from "./client/source-flags.ts";
import type { UpFlags } from "./up/run-up.ts";

/** `netloom up`: controller, bus and this machine's daemon in one process. Exit 0 stopped, 2 could not run. */
export function registerUp(program: Command): void {
  const command = program
    .command("up")
    .description("reconcile this machine with a repository: controller, bus and daemon in one process")
    .argument("[source]", "PATH or URL, with //SUBPATH and #REF as needed", ".")
    .addOption(
      option(
        "--host <namespace/name>",
        "the Host object that this machine is (default: the one of its host name)",
        "NETLOOM_HOST",
      ).argParser(parseHost),
    )
    .addOption(
      option(
        "--socket <path>",
        "where the API is served (default: a folder of yours in /tmp)",
        "NETLOOM_SOCKET",
      ),
    )
    .addOption(
      option("--state-dir <dir>", "where units and fetched sources are kept", "NETLOOM_STATE_DIR").default(
        "/var/lib/netloom",
      ),
    )
    .addOption(
      option("--secrets-dir <dir>", "files named after the secrets they hold", "NETLOOM_SECRETS_DIR").default(
        "/etc/netloom/secrets",
      ),
    )
    .addHelpText(
      "after",
      "\nLogs JSON lines to standard error. SIGTERM and SIGINT stop it and leave the network as it was.\nExit status: 0 stopped, 2 could not run.",
    );
  withLogLevel(withSource(command)).action(async (location: string, flags: UpFlags) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { runUp } = await import("./up/run-up.ts");
    await runCommand(() => runUp(location, flags));
  });
}

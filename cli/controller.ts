import type { Command } from "commander";
import { option, withBus, withLogLevel } from "./client/bus-flags.ts";
import { timeOption } from "./client/parse-time.ts";
import { withSource } from "./client/source-flags.ts";
import type { ControllerFlags } from "./controller/run-controller.ts";

/** `netloom controller`: brings a fleet to what a source says, until told to stop. Exit 0 stopped, 2 could not run. */
export function registerController(program: Command): void {
  const command = program
    .command("controller")
    .description("run a controller: bring a fleet to what a source says, and keep it so")
    .argument("<source>", "PATH or URL, with //SUBPATH and #REF as needed")
    .addOption(
      option(
        "--socket <path>",
        "where the API is served (default: a folder of yours in /tmp)",
        "NETLOOM_SOCKET",
      ),
    )
    .addOption(
      option(
        "--listen <url>",
        "serve it on http://HOST:PORT, too; without authentication, so beyond this machine health and metrics only",
        "NETLOOM_LISTEN",
      ),
    )
    .addOption(
      option("--state-dir <dir>", "where git sources keep what they fetched", "NETLOOM_STATE_DIR").default(
        "/var/lib/netloom/controller",
      ),
    )
    .addOption(
      option(
        "--master-secret <file>",
        "what the keys of challenged modules come from (default: made once, and kept in the bucket record)",
        "NETLOOM_MASTER_SECRET",
      ),
    )
    .option("--allow-empty", "let a source without any valid object take everything off the fleet")
    .addOption(
      timeOption("--progress-deadline <time>", "what is pending after this long counts as stalled", "2m"),
    )
    .addHelpText(
      "after",
      "\nSeveral may run on one bus: one leads, the others are ready to.\nLogs JSON lines to standard error. SIGTERM and SIGINT stop it and leave the fleet as it is.\nExit status: 0 stopped, 2 could not run.",
    );
  withLogLevel(withBus(withSource(command))).action(async (location: string, flags: ControllerFlags) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { runControllerProcess } = await import("./controller/run-controller.ts");
    await runCommand(() => runControllerProcess(location, flags));
  });
}

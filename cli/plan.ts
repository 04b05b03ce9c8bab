import type { Command } from "commander";
import { outputOption, type ServerOption, withServer } from "./client/options.ts";

export interface PlanOptions extends ServerOption {
  output: "table" | "json" | "yaml";
}

/** `netloom plan`: the commands that would be sent. Exit 0 none, 1 some, 2 could not run. */
export function registerPlan(program: Command): void {
  const command = program
    .command("plan")
    .description("show the commands that are still to be sent, or that a directory's objects would cause")
    .argument("[path]", "a directory to compare with what the hosts have now")
    .addOption(outputOption(["table", "json", "yaml"]))
    .addHelpText("after", "\nExit status: 0 nothing to do, 1 something to do, 2 could not run.");
  withServer(command).action(async (path: string | undefined, options: PlanOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { showPlan } = await import("./plan/show-plan.ts");
    await runCommand(() => showPlan(path, options));
  });
}

import type { Command } from "commander";
import { type ServerOption, withServer } from "./client/options.ts";
import { timeOption } from "./client/parse-time.ts";

export interface ReconcileOptions extends ServerOption {
  wait?: boolean;
  timeout: number;
}

/** `netloom reconcile`: look at the source now. Exit 0, 1 not everything became ready, 2 could not run. */
export function registerReconcile(program: Command): void {
  const command = program
    .command("reconcile")
    .description("have the controller look at the source and at every host now")
    .option("--wait", "until every object is ready, or one is stalled")
    .addOption(timeOption("--timeout <time>", "how long to wait", "1m"));
  withServer(command).action(async (options: ReconcileOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { reconcile } = await import("./reconcile/reconcile-now.ts");
    await runCommand(() => reconcile(options));
  });
}

import type { Command } from "commander";
import { outputOption, type ServerOption, withServer } from "./client/options.ts";

export interface RotationOptions extends ServerOption {
  namespace: string;
  output: "table" | "json" | "yaml";
}

/** `netloom rotation`: where a rotation stands, and its history. Exit 0, 2 could not run. */
export function registerRotation(program: Command): void {
  const command = program
    .command("rotation")
    .description(
      "show where a rotation stands: the step, the hosts it waits for, what comes next, its history",
    )
    .argument("<name>", "the CustomizationRotation")
    .option("-n, --namespace <name>", "the namespace", "default")
    .addOption(outputOption(["table", "json", "yaml"]));
  withServer(command).action(async (name: string, options: RotationOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { showRotation } = await import("./rotation/show-rotation.ts");
    await runCommand(() => showRotation(name, options));
  });
}

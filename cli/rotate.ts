import type { Command } from "commander";
import { outputOption, type ServerOption, withServer } from "./client/options.ts";

export interface RotateOptions extends ServerOption {
  namespace: string;
  to?: string;
  plan?: boolean;
  output: "table" | "json" | "yaml";
}

/** `netloom rotate`: move to another customization now. Exit 0, 2 could not run. */
export function registerRotate(program: Command): void {
  const command = program
    .command("rotate")
    .description("move the flows of a rotation to another of its customizations now")
    .argument("<name>", "the CustomizationRotation")
    .option("--to <customization>", "which (default: the one that comes next)")
    .option("--plan", "print the steps, and take none")
    .option("-n, --namespace <name>", "the namespace", "default")
    .addOption(outputOption(["table", "json", "yaml"]));
  withServer(command).action(async (name: string, options: RotateOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { rotate } = await import("./rotation/rotate-now.ts");
    await runCommand(() => rotate(name, options));
  });
}

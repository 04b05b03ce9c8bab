import type { Command } from "commander";
import {
  outputOption,
  parseNamedTarget,
  type ServerOption,
  type Target,
  withServer,
} from "./client/options.ts";

export interface DescribeOptions extends ServerOption {
  namespace: string;
  output: "text" | "json" | "yaml";
}

/** `netloom describe`: everything that is known of one object. Exit 0, 1 when it is not there, 2 could not run. */
export function registerDescribe(program: Command): void {
  const command = program
    .command("describe")
    .description("show everything that is known of an object: conditions, hosts, problems, events")
    .argument("<kind/name>", "the object", parseNamedTarget)
    .addOption(outputOption(["text", "json", "yaml"], "text"))
    .option("-n, --namespace <name>", "the namespace", "default");
  withServer(command).action(async (target: Required<Target>, options: DescribeOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { describe } = await import("./describe/describe-object.ts");
    await runCommand(() => describe(target, options));
  });
}

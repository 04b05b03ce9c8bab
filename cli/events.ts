import type { Command } from "commander";
import {
  outputOption,
  parseNamedTarget,
  type ServerOption,
  type Target,
  withServer,
} from "./client/options.ts";

export interface EventsOptions extends ServerOption {
  output: "table" | "json" | "yaml";
  watch?: boolean;
  for?: Required<Target>;
  namespace: string;
}

/** `netloom events`: what happened. Exit 0, 2 could not run. */
export function registerEvents(program: Command): void {
  const command = program
    .command("events")
    .description("show what happened, oldest first")
    .option("--for <kind/name>", "to one object only", parseNamedTarget)
    .option("-n, --namespace <name>", "the namespace of that object", "default")
    .addOption(outputOption(["table", "json", "yaml"]))
    .option("-w, --watch", "go on with what happens");
  withServer(command).action(async (options: EventsOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { events } = await import("./events/list-events.ts");
    await runCommand(() => events(options));
  });
}

import type { Command } from "commander";
import { Argument, Option } from "commander";
import {
  type NamespaceOptions,
  outputOption,
  type ServerOption,
  withNamespace,
  withServer,
} from "./client/options.ts";

export const topOrders = ["asleep", "answered", "wakes", "saved", "name"] as const;

export interface TopOptions extends NamespaceOptions, ServerOption {
  output: "table" | "wide" | "json" | "yaml";
  sort: (typeof topOrders)[number];
  watch?: boolean;
}

/** `netloom top`: what sleeping saves, and who ends it. Exit 0, 2 could not run. */
export function registerTop(program: Command): void {
  const command = program
    .command("top")
    .description("show how long hosts sleep, what is answered for them, and what wakes them")
    .addArgument(new Argument("<what>", "what to show").choices(["hosts"]))
    .addOption(outputOption(["table", "wide", "json", "yaml"]))
    .addOption(new Option("--sort <order>", "what comes first").choices(topOrders).default("asleep"))
    .option("-w, --watch", "show it again every two seconds");
  withServer(withNamespace(command)).action(async (_what: string, options: TopOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { topHosts } = await import("./top/top-hosts.ts");
    await runCommand(() => topHosts(options));
  });
}

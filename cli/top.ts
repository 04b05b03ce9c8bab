import type { Command } from "commander";
import { Argument, Option } from "commander";
import {
  type NamespaceOptions,
  outputOption,
  type ServerOption,
  withNamespace,
  withServer,
} from "./client/options.ts";

/** What can be shown, and what may come first in it: initially the first of these. */
export const topOrders = {
  hosts: ["asleep", "answered", "wakes", "saved", "name"],
  customizations: ["messages", "flows", "customized", "dropped", "name"],
} as const;

export type TopSubject = keyof typeof topOrders;

export interface TopOptions extends NamespaceOptions, ServerOption {
  output: "table" | "wide" | "json" | "yaml";
  /** One of the subject's. */
  sort?: string;
  watch?: boolean;
}

/** `netloom top`: what sleeping saves and who ends it; what customizations do. Exit 0, 2 could not run. */
export function registerTop(program: Command): void {
  const subjects = Object.keys(topOrders) as TopSubject[];
  const orders = [...new Set(Object.values(topOrders).flat())];
  const command = program
    .command("top")
    .description(
      "show how hosts sleep and what wakes them (hosts), or what is customized where (customizations)",
    )
    .addArgument(new Argument("<what>", "what to show").choices(subjects))
    .addOption(outputOption(["table", "wide", "json", "yaml"]))
    .addOption(new Option("--sort <order>", "what comes first").choices(orders))
    .option("-w, --watch", "show it again every two seconds");
  withServer(withNamespace(command)).action(async (what: TopSubject, options: TopOptions) => {
    const known: readonly string[] = topOrders[what];
    if (options.sort !== undefined && !known.includes(options.sort)) {
      command.error(`error: ${what} can be sorted by ${known.join(", ")}`, { exitCode: 2 });
    }
    const { runCommand } = await import("./client/run-command.ts");
    const { showTop } = await import("./top/show-top.ts");
    await runCommand(() => showTop(what, options));
  });
}

import type { Command } from "commander";
import {
  type NamespaceOptions,
  outputOption,
  parseTarget,
  type ServerOption,
  type Target,
  withNamespace,
  withServer,
} from "./client/options.ts";

export interface GetOptions extends NamespaceOptions, ServerOption {
  output: "table" | "wide" | "json" | "yaml" | "name";
  watch?: boolean;
}

/** `netloom get`: what there is, and how it is. Exit 0, 1 when an object is not there, 2 could not run. */
export function registerGet(program: Command): void {
  const command = program
    .command("get")
    .description("show objects and whether they are as they ought to be")
    .argument("[kind]", 'a kind, KIND/NAME, or "source"; by default every kind', parseTargetOrSource)
    .argument("[name]", "an object's name")
    .addOption(outputOption(["table", "wide", "json", "yaml", "name"]))
    .option("-w, --watch", "go on with what changes");
  withServer(withNamespace(command)).action(
    async (target: Target | "source" | undefined, name: string | undefined, options: GetOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { getSource } = await import("./get/get-source.ts");
      if (target === "source") return runCommand(() => getSource(options));
      const { get } = await import("./get/get-objects.ts");
      await runCommand(() => get(name && target ? { ...target, name } : target, options));
    },
  );
}

const parseTargetOrSource = (text: string): Target | "source" =>
  /^sources?$/i.test(text) ? "source" : parseTarget(text);

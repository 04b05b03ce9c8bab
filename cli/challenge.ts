import type { Command } from "commander";
import { outputOption, type ServerOption, withServer } from "./client/options.ts";
import { parseHost } from "./client/parse-host.ts";

export interface ChallengeOptions extends ServerOption {
  namespace: string;
  trust?: boolean;
  host?: string;
  output: "table" | "json" | "yaml";
}

/** `netloom challenge`: ask the modules of a customization for their answer now. Exit 0, 1 some failed, 2 could not run. */
export function registerChallenge(program: Command): void {
  const command = program
    .command("challenge")
    .description("challenge the modules of a customization now, or let those back that failed")
    .argument("<name>", "the Customization")
    .option("--trust", "let modules back onto the hosts on which they failed a challenge")
    .option("--host <host>", "with --trust: on this host only", parseHost)
    .option("-n, --namespace <name>", "the namespace", "default")
    .addOption(outputOption(["table", "json", "yaml"]));
  withServer(command).action(async (name: string, options: ChallengeOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { challenge } = await import("./challenge/challenge-now.ts");
    await runCommand(() => challenge(name, options));
  });
}

import { Argument, type Command } from "commander";
import { completionScript, shells } from "./completion/completion-script.ts";

/** `netloom completion`: a script for the user's shell, made from the commands there are. */
export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a completion script, to be sourced by the shell")
    .addArgument(new Argument("<shell>", "which shell").choices([...shells]))
    .action((shell: (typeof shells)[number]) => {
      process.stdout.write(completionScript(program, shell));
    });
}

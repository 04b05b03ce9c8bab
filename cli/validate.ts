import { type Command, Option } from "commander";
import { reportFormats } from "./validate/report-formats.ts";

interface ValidateOptions {
  output: (typeof reportFormats)[number];
  root?: string;
  schemaOnly?: boolean;
}

/** `netloom validate`: checks objects before they are committed. Exit 0 valid, 1 invalid, 2 could not run. */
export function registerValidate(program: Command): void {
  program
    .command("validate")
    .description("check YAML files: each object by itself, and what they mean together")
    .argument("[path...]", 'files and directories; "-" reads standard input', ["."])
    .addOption(
      new Option("-o, --output <format>", "how to report").choices([...reportFormats]).default("text"),
    )
    .option(
      "--root <dir>",
      "the source's root, where paths of artifacts start (default: the directory given, if it is the only path; else the current one)",
    )
    .option("--schema-only", "check each object by itself only: no references, selectors, artifacts")
    .addHelpText("after", "\nExit status: 0 valid, 1 invalid, 2 could not run.")
    .action(async (paths: string[], options: ValidateOptions) => {
      const { validate } = await import("./validate/validate-paths.ts");
      process.exitCode = await validate(paths, options);
    });
}

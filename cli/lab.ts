import { type Command, InvalidArgumentError, Option } from "commander";
import { type SourceFlags, withSource } from "./client/source-flags.ts";

export interface LabRunOptions extends SourceFlags {
  name: string;
  seed: number;
  nats?: boolean;
  secrets?: string;
  log?: string;
  timeout: number;
}

export interface LabTestOptions extends LabRunOptions {
  output: (typeof testFormats)[number];
}

export interface CaptureOptions {
  name?: string;
  interface: string;
  write?: string;
}

const testFormats = ["tap", "json", "junit"] as const;

/** `netloom lab` and what belongs to it: a repository's whole fleet in network namespaces of this machine. */
export function registerLab(program: Command): void {
  const lab = runOptions(
    program
      .command("lab")
      .enablePositionalOptions()
      .description("run a repository's whole fleet in network namespaces of this machine")
      .argument("[location]", "PATH or URL, with //SUBPATH and #REF as needed", "."),
  ).action(async (location: string, options: LabRunOptions) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { runLab } = await import("./lab/run-lab.ts");
    await runCommand(() => runLab(location, options));
  });
  registerTest(lab);
  registerEnter(lab);
  registerControl(lab);
}

function runOptions(command: Command): Command {
  return withSource(command)
    .option("--name <name>", "of the lab, to tell several apart", "lab")
    .option(
      "--seed <number>",
      "makes the losses of links: the same seed loses the same frames",
      wholeNumber,
      1,
    )
    .option("--nats", "a real nats-server as bus, instead of the embedded one")
    .option("--secrets <dir>", "files named after the secrets they hold, for all hosts")
    .option("--log <file>", "append the log of controller and daemons to this file, a JSON object a line")
    .option("--timeout <seconds>", "how long the fleet may take to converge", wholeNumber, 60);
}

function registerTest(lab: Command): void {
  runOptions(lab.command("test"))
    .description("bring the lab up, run the Checks the repository declares, and end it")
    .argument("[location]", "PATH or URL, with //SUBPATH and #REF as needed", ".")
    .addOption(new Option("-o, --output <format>", "how to report").choices([...testFormats]).default("tap"))
    .addHelpText("after", "\nExit status: 0 all passed, 1 one failed, 2 could not run.")
    .action(async (location: string, options: LabTestOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { testLab } = await import("./lab/test-lab.ts");
      await runCommand(() => testLab(location, options));
    });
}

function registerEnter(lab: Command): void {
  lab
    .command("exec")
    .description("run a command on a host of a running lab")
    .argument("<host>")
    .argument("<command...>", 'program and arguments, behind "--"')
    .option("--name <name>", "of the lab, when several run")
    .action(async (host: string, words: string[], options: { name?: string }) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { execOnHost } = await import("./lab/exec-on-host.ts");
      await runCommand(() => execOnHost(host, words, options));
    });
  lab
    .command("capture")
    .description("show, or write to a file, the packets of a host of a running lab")
    .argument("<host>")
    .argument("[filter...]", 'as pcap-filter(7) has it, behind "--"')
    .option("--name <name>", "of the lab, when several run")
    .option("-i, --interface <interface>", "of the host", "any")
    .option("-w, --write <file>", "write them to this file (pcap)")
    .action(async (host: string, filter: string[], options: CaptureOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { captureOnHost } = await import("./lab/exec-on-host.ts");
      await runCommand(() => captureOnHost(host, filter, options));
    });
}

function registerControl(lab: Command): void {
  for (const verb of ["sleep", "wake"] as const) {
    lab
      .command(verb)
      .description(`have a host of a running lab ${verb === "sleep" ? "go to sleep" : "wake"}`)
      .argument("<host>")
      .option("--name <name>", "of the lab, when several run")
      .action(async (host: string, options: { name?: string }) => {
        const { runCommand } = await import("./client/run-command.ts");
        const { changePower } = await import("./lab/control-lab.ts");
        await runCommand(() => changePower(verb, host, options));
      });
  }
  lab
    .command("list")
    .description("list the labs that run on this machine, with their hosts")
    .action(async () => {
      const { runCommand } = await import("./client/run-command.ts");
      const { listLabs } = await import("./lab/control-lab.ts");
      await runCommand(() => listLabs());
    });
  lab
    .command("down")
    .description("end a running lab")
    .option("--name <name>", "of the lab, when several run")
    .action(async (options: { name?: string }) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { endLab } = await import("./lab/control-lab.ts");
      await runCommand(() => endLab(options));
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

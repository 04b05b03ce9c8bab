import { type Command, Option } from "commander";

export interface NewOptions {
  lang: "assemblyscript" | "c";
  kind: "rule" | "stream-rule" | "customization";
  directory: string;
}

export interface BuildOptions {
  output?: string;
  runtime: "incremental" | "stub";
}

export interface TestOptions {
  output: "table" | "json";
  raw?: boolean;
  config?: string;
  interval?: string;
  wakeup?: boolean;
  write?: string;
  role?: "sender" | "receiver";
  chunk: string;
  memory: string;
  time: string;
}

/** `netloom module`: makes, builds and tries out guest modules. Exit 0 all is well, 1 the module is at fault, 2 could not run. */
export function registerModule(program: Command): void {
  const module = program
    .command("module")
    .description("make, build and try out rules of the sleep proxy and customizations");
  registerNew(module);
  registerBuild(module);
  registerTest(module);
}

function registerNew(module: Command): void {
  module
    .command("new")
    .description("write the source of a module to start from")
    .argument("<name>", "what to call it")
    .addOption(
      new Option("-l, --lang <language>", "what to write it in")
        .choices(["assemblyscript", "c"])
        .default("assemblyscript"),
    )
    .addOption(
      new Option(
        "-k, --kind <kind>",
        "a rule sees packets, a stream rule connections, a customization messages",
      )
        .choices(["rule", "stream-rule", "customization"])
        .default("rule"),
    )
    .option("-d, --directory <dir>", "where to put it", ".")
    .action(async (name: string, options: NewOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { newModule } = await import("./module/new-module.ts");
      await runCommand(() => newModule(name, options));
    });
}

function registerBuild(module: Command): void {
  module
    .command("build")
    .description("compile a rule or a customization and check that it is one")
    .argument("<source>", "its source: .ts (AssemblyScript) or .c")
    .option("-o, --output <file>", "the module to write (default: beside the source)")
    .addOption(
      new Option(
        "--runtime <runtime>",
        "of AssemblyScript: with a garbage collector, or none, for rules that allocate nothing",
      )
        .choices(["incremental", "stub"])
        .default("incremental"),
    )
    .addHelpText("after", "\nExit status: 0 built, 1 the source is at fault, 2 could not run.")
    .action(async (source: string, options: BuildOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { buildAndWrite } = await import("./module/build-and-write.ts");
      await runCommand(() => buildAndWrite(source, options));
    });
}

function registerTest(module: Command): void {
  module
    .command("test")
    .description("let a module see a capture, or a file's bytes, and print what it does")
    .argument("<module>", "a .wasm module, a source to build first, or the name of a standard module")
    .argument(
      "<input>",
      "packets, as pcap or pcapng: a rule sees all, a stream rule connections, a customization datagrams; any other file is the bytes of a stream, for the latter two",
    )
    .addOption(
      new Option("-o, --output <format>", "how to print").choices(["table", "json"]).default("table"),
    )
    .option("--raw", "hand over frames, from layer 2 on, as a Rule with raw: true would")
    .option("--config <json>", 'its config: JSON, or "@" and a file that holds it')
    .option("--interval <seconds>", "call on_timer this often, by the capture's clock")
    .option("--wakeup", "call on_wakeup after the last packet")
    .addOption(
      new Option("--role <role>", "try a customization at one end only").choices(["sender", "receiver"]),
    )
    .option("--chunk <bytes>", "show a customization so many bytes of a stream at once", "1448")
    .option(
      "-w, --write <file>",
      "write what it answers, or what a customization sends: packets as pcap, else bytes",
    )
    .option("--memory <MiB>", "the most memory it may have", "1")
    .option("--time <ms>", "the longest a call may take", "1000")
    .addHelpText("after", "\nExit status: 0 no call failed, 1 the module is at fault, 2 could not run.")
    .action(async (name: string, input: string, options: TestOptions) => {
      const { runCommand } = await import("./client/run-command.ts");
      const { testModule } = await import("./module/test-module.ts");
      await runCommand(() => testModule(name, input, options));
    });
}

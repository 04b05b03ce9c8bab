import { type Command, InvalidArgumentError } from "commander";
import type { SeenFlow } from "../schemas/mod.ts";
import { type BusFlags, option, withBus } from "./client/bus-flags.ts";
import { outputOption, type ServerOption, withServer } from "./client/options.ts";
import { parseHost } from "./client/parse-host.ts";

export interface InverseFlags extends BusFlags, ServerOption {
  /** How to get onto the bus was said. */
  isOnBus: boolean;
  host: string;
  flow?: SeenFlow;
  output: "text" | "json" | "raw";
}

/** `netloom inverse`: what customized messages say. Exit 0 all were read, 1 some were not, 2 could not run. */
export function registerInverse(program: Command): void {
  const command = program
    .command("inverse")
    .description("ask the controller what messages say that this middlebox cannot read")
    .argument("[capture]", "pcap or pcapng file (default: one message on standard input)")
    .addOption(
      option("--host <namespace/name>", "the Host object that this machine is", "NETLOOM_HOST")
        .argParser(parseHost)
        .makeOptionMandatory(),
    )
    .option("--flow <flow>", 'of standard input: "UDP 10.0.0.9:4000 > 10.0.0.53:53"', parseFlow)
    .addOption(outputOption(["text", "json", "raw"], "text"))
    .addHelpText(
      "after",
      "\nWith --bus, or what signs in to it, the bus is asked: this host's daemon's key does (netloom bus permissions --middlebox).\nWithout, the controller is, as other commands do: that of netloom up, or of the only lab that runs.\nExit status: 0 all were read, 1 some were not, 2 could not run.",
    );
  withBus(withServer(command)).action(async (capture: string | undefined, flags: InverseFlags) => {
    const { runCommand } = await import("./client/run-command.ts");
    const { askInverse } = await import("./inverse/ask-inverse.ts");
    const isSaid = (name: string): boolean =>
      ["cli", "env"].includes(command.getOptionValueSource(name) ?? "");
    const isOnBus = flags.server === undefined && ["bus", "nkey", "credentials", "user"].some(isSaid);
    await runCommand(() => askInverse(capture, { ...flags, isOnBus }));
  });
}

const endPattern = String.raw`(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})`;
const flowPattern = new RegExp(`^(UDP|TCP) ${endPattern} > ${endPattern}$`, "i");

function parseFlow(text: string): SeenFlow {
  const [, protocol, from6, from4, fromPort, to6, to4, toPort] = flowPattern.exec(text) ?? [];
  if (protocol === undefined || Math.max(Number(fromPort), Number(toPort)) > 65_535) {
    throw new InvalidArgumentError(
      'It is a protocol and two ends, such as "UDP 10.0.0.9:4000 > 10.0.0.53:53".',
    );
  }
  return {
    protocol: protocol.toUpperCase() as SeenFlow["protocol"],
    source: { address: (from6 ?? from4)!, port: Number(fromPort) },
    destination: { address: (to6 ?? to4)!, port: Number(toPort) },
  };
}

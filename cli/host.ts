import { type Command, InvalidArgumentError } from "commander";
import { option } from "./client/bus-flags.ts";
import type { HostFlags } from "./host/host-flags.ts";
import { stateNames } from "./host/state-names.ts";

const portByDefault = 9465;

/**
 * `netloom host`: what a host that may sleep says to its proxy. Exit 0 done, 1 wrong options or files, 2 the proxy could
 * not be reached or is busy, 3 it refused.
 */
export function registerHost(program: Command): void {
  const host = program
    .command("host")
    .description("a host that may sleep speaks to its proxy, the daemon that stands in for it")
    .option("--settings <file>", "NAME=VALUE lines with the variables that options may be given as")
    .hook("preSubcommand", async (command) => {
      const { readVariables } = await import("./host/read-variables.ts");
      readVariables(command.opts<{ settings?: string }>().settings);
    })
    .addHelpText(
      "after",
      "\nVariables are read from /etc/netloom/host.env when it is there; those that are set go before.\nExit status: 0 done, 1 wrong options or files, 2 the proxy cannot be reached or is busy, 3 it refused.",
    );
  add(host, "sleep", "tell the proxy that this host goes to sleep; done when the proxy has taken over", "5s")
    .option("--rules <path>", "replace this host's own rules first (see subscribe)")
    .option(
      "--with <states>",
      `add rules made of this host's state of now, comma-separated: ${stateNames.join(", ")}`,
      parseStates,
    )
    .action((flags: HostFlags) => act((host) => host.sleepHost(flags)));
  add(host, "wake", "tell the proxy that this host woke; done when the proxy has let go", "15s").action(
    (flags: HostFlags) => act((host) => host.wakeHost(flags)),
  );
  add(host, "subscribe", "replace this host's own rules on the proxy", "30s")
    .argument("<path>", "JSON file that lists the rules, or the folder that has it as rules.json")
    .action((path: string, flags: HostFlags) => act((host) => host.subscribeHost(path, flags)));
  add(host, "unsubscribe", "remove this host's own rules from the proxy", "30s").action((flags: HostFlags) =>
    act((host) => host.unsubscribeHost(flags)),
  );
}

function add(host: Command, name: string, description: string, timeout: string): Command {
  return host
    .command(name)
    .description(description)
    .addOption(
      option("--proxy <address[:port]>", "where the proxy's daemon listens for hosts", "NETLOOM_PROXY")
        .argParser(parseProxy)
        .makeOptionMandatory(),
    )
    .addOption(
      option(
        "--proxy-name <namespace/name>",
        "the proxy's Host, named by its certificate",
        "NETLOOM_PROXY_NAME",
      ),
    )
    .addOption(
      option("--ca <file>", "authority (PEM) that signed the proxy's certificate", "NETLOOM_HOST_CA"),
    )
    .addOption(option("--cert <file>", "this host's certificate (PEM)", "NETLOOM_HOST_CERT"))
    .addOption(option("--key <file>", "its key (PEM)", "NETLOOM_HOST_KEY"))
    .addOption(option("--plain", "speak without TLS: the proxy must allow it", "NETLOOM_HOST_PLAIN"))
    .addOption(
      option(
        "--interface <name>",
        "the interface whose MAC address names this host",
        "NETLOOM_HOST_INTERFACE",
      ),
    )
    .addOption(
      option("--timeout <duration>", "give up after this long, all attempts together", "NETLOOM_HOST_TIMEOUT")
        .argParser(parseTimeout)
        .default(parseTimeout(timeout), timeout),
    );
}

async function act(
  action: (host: typeof import("./host/host-actions.ts")) => Promise<number>,
): Promise<void> {
  process.exitCode = await action(await import("./host/host-actions.ts"));
}

function parseProxy(text: string): { address: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[3] === undefined ? portByDefault : Number(match[3]);
  if (match && port >= 1 && port <= 65_535) return { address: (match[1] ?? match[2]) as string, port };
  throw new InvalidArgumentError(
    "It is an address, with a port as needed: 10.0.0.1, 10.0.0.1:9465, [fd00::1]:9465.",
  );
}

function parseTimeout(text: string): number {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text);
  const ms = Number(match?.[1]) * { ms: 1, s: 1_000, m: 60_000 }[match?.[2] ?? "ms"]!;
  if (ms > 0) return ms;
  throw new InvalidArgumentError("It is a number with ms, s or m, such as 5s.");
}

function parseStates(text: string): string[] {
  const states = text.split(",");
  const unknown = states.find((state) => !(stateNames as readonly string[]).includes(state));
  if (unknown === undefined) return states;
  throw new InvalidArgumentError(`"${unknown}" is not known; known are ${stateNames.join(", ")}.`);
}

import { type Command, InvalidArgumentError } from "commander";
import { middleboxTypes } from "../schemas/mod.ts";
import { option, withBus, withLogLevel } from "./client/bus-flags.ts";
import { parseHost } from "./client/parse-host.ts";
import type { DaemonFlags } from "./daemon/run-daemon.ts";

/** `netloom daemon`: runs this host's daemon until it is told to stop. Exit 0 stopped, 2 could not run. */
export function registerDaemon(program: Command): void {
  const command = program
    .command("daemon")
    .description("run this host's daemon: carry out what the controller asks, report what there is")
    .addOption(
      option("--host <namespace/name>", "the Host object that this machine is", "NETLOOM_HOST")
        .argParser(parseHost)
        .makeOptionMandatory(),
    )
    .addOption(
      option("--state-dir <dir>", "where units are kept", "NETLOOM_STATE_DIR").default("/var/lib/netloom"),
    )
    .addOption(
      option("--secrets-dir <dir>", "files named after the secrets they hold", "NETLOOM_SECRETS_DIR").default(
        "/etc/netloom/secrets",
      ),
    )
    .addOption(
      option(
        "--plugins <type=dir...>",
        "where plug-ins for middleboxes of that type go (default: where the middlebox looks for them)",
        "NETLOOM_PLUGINS",
      ).argParser(parsePlugins),
    )
    .addOption(
      option(
        "--metrics <address:port>",
        "serve /metrics, /healthz and /readyz over HTTP",
        "NETLOOM_METRICS",
      ).argParser(parseListen),
    )
    .addOption(
      option(
        "--responder <address:port>",
        "hear hosts that sleep, over TLS (docs/responder.md)",
        "NETLOOM_RESPONDER",
      ).argParser(parseListen),
    )
    .addOption(
      option(
        "--responder-cert <file>",
        "this daemon's certificate (PEM) for hosts",
        "NETLOOM_RESPONDER_CERT",
      ),
    )
    .addOption(option("--responder-key <file>", "its key (PEM)", "NETLOOM_RESPONDER_KEY"))
    .addOption(
      option(
        "--responder-ca <file>",
        "authority (PEM) that signs hosts' certificates",
        "NETLOOM_RESPONDER_CA",
      ),
    )
    .addOption(
      option(
        "--responder-plain",
        "without TLS: whoever has a host's address on the link speaks for it",
        "NETLOOM_RESPONDER_PLAIN",
      ).conflicts("responderCert"),
    )
    .addHelpText(
      "after",
      "\nLogs JSON lines to standard error. SIGTERM and SIGINT stop it and leave the network as it was.\nExit status: 0 stopped, 2 could not run.",
    );
  withLogLevel(withBus(command)).action(async (flags: DaemonFlags) => {
    const { runDaemon } = await import("./daemon/run-daemon.ts");
    process.exitCode = await runDaemon(flags);
  });
}

/** "wireshark=/opt/wireshark/plugins", collected by type. */
function parsePlugins(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [type = "", folder = ""] = text.split(/=(.*)/s);
  if (!middleboxTypes.some((known) => known === type) || folder === "") {
    throw new InvalidArgumentError(`It is TYPE=DIR, where TYPE is ${middleboxTypes.join(" or ")}.`);
  }
  return { ...before, [type]: folder };
}

/** "127.0.0.1:9464", "[::1]:9464", ":9464" (every address). */
function parseListen(text: string): { address: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new InvalidArgumentError("It is an address and a port, such as 127.0.0.1:9464 or [::1]:9464.");
  }
  return { address: match[1] || match[2] || "::", port };
}

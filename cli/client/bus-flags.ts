import { type Command, Option } from "commander";

/** How a process of its own gets onto the bus. */
export interface BusFlags {
  bus: string[];
  nkey?: string;
  credentials?: string;
  user?: string;
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
}

/** An option that can be given as a variable of the environment, too. */
export function option(flags: string, description: string, variable: string): Option {
  return new Option(flags, description).env(variable);
}

export function withBus(command: Command): Command {
  return command
    .addOption(
      option("--bus <url...>", "NATS servers, nats:// or tls://", "NETLOOM_BUS").default([
        "nats://127.0.0.1:4222",
      ]),
    )
    .addOption(option("--nkey <file>", "nkey seed to sign in to the bus with", "NETLOOM_NKEY"))
    .addOption(
      option("--credentials <file>", "JWT and seed to sign in with", "NETLOOM_CREDENTIALS").conflicts("nkey"),
    )
    .addOption(
      option("--user <name>", "user to sign in as; password in NETLOOM_PASSWORD", "NETLOOM_USER").conflicts([
        "nkey",
        "credentials",
      ]),
    )
    .addOption(option("--tls-ca <file>", "certificates (PEM) to know the servers by", "NETLOOM_TLS_CA"))
    .addOption(option("--tls-cert <file>", "certificate (PEM) to be known by", "NETLOOM_TLS_CERT"))
    .addOption(option("--tls-key <file>", "its key (PEM)", "NETLOOM_TLS_KEY"));
}

export function withLogLevel(command: Command): Command {
  return command.addOption(
    option("--log-level <level>", "least severe lines to log", "NETLOOM_LOG_LEVEL")
      .choices(["debug", "info", "warn", "error"])
      .default("info"),
  );
}

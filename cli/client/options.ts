import { type Command, InvalidArgumentError, Option } from "commander";
import { kindOf, kindWords } from "./kind-names.ts";

export interface ServerOption {
  server?: string;
}

export interface NamespaceOptions {
  namespace: string;
  allNamespaces?: boolean;
}

/** An object as the command line names it: "rule", "rule/ping", or "rule ping". */
export interface Target {
  kind: string;
  name?: string;
}

export function withServer(command: Command): Command {
  return command.option(
    "--server <address>",
    "the controller's socket, or http://HOST:PORT (default: NETLOOM_SERVER, or where netloom up serves)",
  );
}

export function withNamespace(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "the namespace", "default")
    .option("-A, --all-namespaces", "all namespaces");
}

export function outputOption(formats: readonly string[], initially = "table"): Option {
  return new Option("-o, --output <format>", "how to print").choices(formats).default(initially);
}

/** Reads "KIND", "KIND/NAME". */
export function parseTarget(text: string): Target {
  const [word = "", name, ...more] = text.split("/");
  const kind = kindOf(word);
  if (kind === undefined || more.length > 0) {
    throw new InvalidArgumentError(`It must be KIND or KIND/NAME; kinds are ${kindWords.join(", ")}.`);
  }
  return name === undefined ? { kind } : { kind, name };
}

/** Reads "KIND/NAME". */
export function parseNamedTarget(text: string): Required<Target> {
  const { kind, name } = parseTarget(text);
  if (!name) throw new InvalidArgumentError("It must be KIND/NAME.");
  return { kind, name };
}

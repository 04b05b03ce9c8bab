import type { Command } from "commander";
import type { SourceOptions } from "../../controller/mod.ts";
import { option } from "./bus-flags.ts";
import { parseTime } from "./parse-time.ts";

/** How a source is read (docs/sources.md), for every command that reads one for long. */
export interface SourceFlags {
  ref?: string;
  subpath?: string;
  git?: boolean;
  interval?: number;
  sshKey?: string;
  knownHosts?: string;
  tokenFile?: string;
  caFile?: string;
}

export function withSource(command: Command): Command {
  return command
    .option("--ref <ref>", "branch, tag or commit, instead of #REF")
    .option("--subpath <folder>", "the source's root, instead of //SUBPATH")
    .option("--git", "read the repository at a path, instead of what is in its folders")
    .option("--interval <time>", "from one look at a git remote to the next", parseTime)
    .addOption(option("--ssh-key <file>", "private key for ssh", "NETLOOM_SSH_KEY"))
    .addOption(option("--known-hosts <file>", "where the ssh server's key must be", "NETLOOM_KNOWN_HOSTS"))
    .addOption(option("--token-file <file>", "token for https", "NETLOOM_TOKEN_FILE"))
    .addOption(
      option("--ca-file <file>", "certificates (PEM) to know the https server by", "NETLOOM_CA_FILE"),
    );
}

export function sourceOptions(flags: SourceFlags): SourceOptions {
  const { ref, subpath, git, interval, sshKey, knownHosts, tokenFile, caFile } = flags;
  return {
    ...(ref !== undefined && { ref }),
    ...(subpath !== undefined && { subpath }),
    ...(git !== undefined && { git }),
    ...(interval !== undefined && { pollIntervalMs: interval }),
    credentials: {
      ...(sshKey !== undefined && { sshKeyFile: sshKey }),
      ...(knownHosts !== undefined && { knownHostsFile: knownHosts }),
      ...(tokenFile !== undefined && { tokenFile }),
      ...(caFile !== undefined && { caFile }),
    },
  };
}

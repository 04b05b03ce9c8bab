import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Location } from "./location.ts";
import type { GitCredentials } from "./source.ts";

type GitLocation = Extract<Location, { kind: "git" }>;

/**
 * The one configuration file git reads besides the object store's own: neither the system's nor any user's counts. It
 * allows the location's own transport only, runs no hook, asks nobody, follows no submodule, and gives the token to the
 * location's server alone, read from its file by git itself.
 */
export function gitConfig(location: GitLocation, credentials: GitCredentials): string {
  const lines = [
    '[core]\n\thooksPath = "/dev/null"\n\tfsmonitor = false',
    `[core]\n\tsshCommand = ${quoteConfig(sshCommand(credentials))}`,
    "[protocol]\n\tallow = never\n\tversion = 2",
    `[protocol "${location.scheme}"]\n\tallow = always`,
    "[http]\n\tfollowRedirects = initial",
    "[gc]\n\tauto = 0",
    "[maintenance]\n\tauto = false",
    "[fetch]\n\trecurseSubmodules = false\n\twriteCommitGraph = false",
    "[submodule]\n\trecurse = false",
    "[uploadpack]\n\tallowAnySHA1InWant = true",
    "[init]\n\tdefaultBranch = none",
  ];
  if (location.scheme === "https" && credentials.tokenFile !== undefined) {
    const { origin } = new URL(location.url);
    const helper = tokenHelper(credentials.user ?? "git", credentials.tokenFile);
    lines.push(`[credential ${quoteConfig(origin)}]\n\thelper = ${quoteConfig(helper)}`);
  }
  // The operator named this repository, so that it may belong to another user.
  if (location.scheme === "file") {
    const path = fileURLToPath(location.url);
    for (const one of [path, join(path, ".git")]) lines.push(`[safe]\n\tdirectory = ${quoteConfig(one)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** All that git finds in its environment. */
export function gitEnvironment(options: {
  home: string;
  configFile: string;
  /** Takes the place of the machine's certificates. */
  caFile?: string | undefined;
  inherited: NodeJS.ProcessEnv;
}): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: options.inherited.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: options.home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: options.configFile,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CEILING_DIRECTORIES: options.home,
  };
  for (const name of passedOn) {
    const value = options.inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  if (options.caFile !== undefined) environment.GIT_SSL_CAINFO = options.caFile;
  return environment;
}

/** Where the network is and whom to trust are the machine's to say. */
const passedOn = [
  "GIT_SSL_CAINFO",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSH_AUTH_SOCK",
  "http_proxy",
  "https_proxy",
  "HTTPS_PROXY",
  "all_proxy",
  "ALL_PROXY",
  "no_proxy",
  "NO_PROXY",
];

/** With a key of its own, ssh uses that key and nothing of the user's; without, what the user has set up. */
function sshCommand({ sshKeyFile, knownHostsFile }: GitCredentials): string {
  const words = ["ssh", "-oBatchMode=yes", "-oStrictHostKeyChecking=yes", "-oConnectTimeout=20"];
  if (sshKeyFile !== undefined) {
    words.push("-F/dev/null", "-oIdentitiesOnly=yes", "-oIdentityAgent=none", `-i${sshKeyFile}`);
  }
  if (knownHostsFile !== undefined) {
    words.push(`-oUserKnownHostsFile=${knownHostsFile}`, "-oGlobalKnownHostsFile=/dev/null");
  }
  return words.map(quoteShell).join(" ");
}

/** A credential helper after gitcredentials(7). `printf` is the shell's own, so the token is in no argument list. */
function tokenHelper(user: string, tokenFile: string): string {
  const file = quoteShell(tokenFile);
  return `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' ${quoteShell(user)} "$(tr -d '\\r\\n' < ${file})"; }; f`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A value (or a subsection's name) in git's configuration syntax, git-config(1). */
function quoteConfig(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

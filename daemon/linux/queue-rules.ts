import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fail } from "../../schemas/mod.ts";

const timeoutMs = 10_000;
const errorCharactersMax = 1_000;
const families = [4, 6] as const;
type Family = (typeof families)[number];
type Hook = "INPUT" | "OUTPUT";

export interface RuleEnd {
  address?: string;
  port?: number;
}

/** Packets of UDP that go to a queue, from one end to the other. */
export interface QueueRule {
  hook: Hook;
  family: Family;
  source: RuleEnd;
  destination: RuleEnd;
}

export interface QueueRulesOptions {
  /** Of the two chains, which are ours alone: "NETLOOM-L45" makes NETLOOM-L45-INPUT and -OUTPUT. */
  prefix: string;
}

/**
 * The iptables rules that hand packets to a queue, in chains of our own of the table `mangle`: before translation of addresses
 * on the way out and after it on the way in, so that they see what the application sees. Rules bypass a queue that nobody
 * reads. From the first rule for IPv6 on, its fragments are put together before them, as those of IPv4 always are. Each call
 * blocks for some milliseconds.
 *
 * Whenever a hook of the network namespace goes, as that which puts fragments together does with `clear`, the kernel drops what
 * waits in queues: empty them before.
 */
export class QueueRules {
  readonly #chains: Record<Hook, string>;
  #applied = "";
  /** Families that have our chains. */
  readonly #present = new Set<Family>();

  constructor({ prefix }: QueueRulesOptions) {
    this.#chains = { INPUT: `${prefix}-INPUT`, OUTPUT: `${prefix}-OUTPUT` };
  }

  /** Makes exactly these the rules, in one step for each family; does nothing when they are. Throws `linux.failed`. */
  apply(queue: number, rules: readonly QueueRule[]): void {
    const wanted = JSON.stringify([queue, rules]);
    if (wanted === this.#applied) return;
    if (this.#applied === "") this.clear();
    for (const family of families) {
      const own = rules.filter((rule) => rule.family === family && isThere(family));
      // Chains that were never there need no emptying.
      if (own.length === 0 && !this.#present.has(family)) continue;
      this.#restore(family, this.#script(family, queue, own), "have packets queued");
      this.#present.add(family);
    }
    this.#applied = wanted;
  }

  /** Takes the chains off, also what a process that died has left. Where there is no iptables there is nothing. */
  clear(): void {
    this.#applied = "";
    this.#present.clear();
    for (const family of families) {
      const found = run(`${program(family)}-save`, ["-t", "mangle"]);
      if ("refusal" in found) continue;
      const script = this.#removal(found.output);
      if (script) this.#restore(family, script, "take queue rules off");
    }
  }

  #restore(family: Family, script: string, what: string): void {
    const result = run(`${program(family)}-restore`, ["--wait", "5", "--noflush"], script);
    if ("refusal" in result) {
      // What there is now is found out, and cleared, before the next rules.
      this.#applied = "";
      fail("linux.failed", { what: `${what} (iptables)`, is: result.refusal });
    }
  }

  #script(family: Family, queue: number, own: readonly QueueRule[]): string {
    const lines = ["*mangle"];
    for (const [hook, chain] of Object.entries(this.#chains)) {
      lines.push(`:${chain} - [0:0]`);
      if (!this.#present.has(family)) lines.push(`-I ${hook} -j ${chain}`);
    }
    const { INPUT } = this.#chains;
    // A rule that looks for sockets has fragments put together; this one never comes to look.
    if (family === 6) lines.push(`-A ${INPUT} -p udp -s ::1 -d ::2 -m socket -j RETURN`);
    for (const rule of own) {
      const target = `-j NFQUEUE --queue-num ${queue} --queue-bypass`;
      lines.push(`-A ${this.#chains[rule.hook]} ${matchText(rule)} ${target}`);
    }
    return `${lines.join("\n")}\nCOMMIT\n`;
  }

  #removal(saved: string): string | undefined {
    const chains = Object.values(this.#chains);
    const present = chains.filter((chain) => saved.includes(`:${chain} `));
    if (present.length === 0) return undefined;
    const jumps = saved
      .split("\n")
      .filter((line) => line.startsWith("-A ") && chains.some((chain) => line.endsWith(` -j ${chain}`)));
    return [
      "*mangle",
      ...jumps.map((line) => line.replace("-A ", "-D ")),
      ...present.map((chain) => `-F ${chain}`),
      ...present.map((chain) => `-X ${chain}`),
      "COMMIT\n",
    ].join("\n");
  }
}

/** A kernel may have been started without IPv6, and then refuses rules for it. */
const isThere = (family: Family): boolean => family === 4 || existsSync("/proc/thread-self/net/if_inet6");

const program = (family: Family): string => (family === 4 ? "iptables" : "ip6tables");

function matchText({ source, destination }: QueueRule): string {
  const words = ["-p udp"];
  if (source.address !== undefined) words.push(`-s ${source.address}`);
  if (destination.address !== undefined) words.push(`-d ${destination.address}`);
  if (source.port !== undefined) words.push(`--sport ${source.port}`);
  if (destination.port !== undefined) words.push(`--dport ${destination.port}`);
  return words.join(" ");
}

function run(name: string, words: string[], input = ""): { output: string } | { refusal: string } {
  const result = spawnSync(name, words, { input, encoding: "utf8", timeout: timeoutMs });
  if (result.error) return { refusal: result.error.message };
  if (result.status === 0) return { output: result.stdout };
  const said = result.stderr.trim().slice(0, errorCharactersMax);
  return { refusal: said || `${name} ended with ${result.status ?? result.signal}` };
}

import { spawnSync } from "node:child_process";

/** An entry that is not renewed ends by itself, so that a process that dies leaves no address cut off. */
const entrySeconds = 60;
const errorCharactersMax = 1_000;
const timeoutMs = 5_000;

export interface IngressDrops {
  /** Names of interfaces. */
  interfaces: readonly string[];
  /** Addresses as text, each family apart. */
  ipv4: readonly string[];
  ipv6: readonly string[];
  /** TCP connections, each as "source . port . destination . port"; each family apart. */
  connections4: readonly string[];
  connections6: readonly string[];
}

/**
 * Keeps the kernel from handling packets to some addresses that come in by some interfaces: they end in an nftables
 * ingress chain. Packet rings see them all the same, for they are served before. Needs nft and CAP_NET_ADMIN.
 */
export class IngressDropper {
  readonly #table: string;

  /** @param table of the netdev family, this process's own */
  constructor(table: string) {
    this.#table = table;
  }

  /**
   * Makes exactly this so, in one transaction, for the next minute; answers what nft says when it could not. Blocks for
   * some milliseconds.
   */
  apply(drops: IngressDrops): string | undefined {
    return run(this.#script(drops));
  }

  /** Takes all of it off. */
  clear(): void {
    run(this.#fresh());
  }

  #script({ interfaces, ipv4, ipv6, connections4, connections6 }: IngressDrops): string {
    const chains = interfaces.map(
      (name, index) => `chain in${index} {
        type filter hook ingress device "${name}" priority -500;
        ip daddr @ipv4 drop
        ip6 daddr @ipv6 drop
        ip saddr . tcp sport . ip daddr . tcp dport @connections4 drop
        ip6 saddr . tcp sport . ip6 daddr . tcp dport @connections6 drop
      }`,
    );
    return `${this.#fresh()}table netdev ${this.#table} {
      ${set("ipv4", "ipv4_addr", ipv4)}
      ${set("ipv6", "ipv6_addr", ipv6)}
      ${set("connections4", ends("ipv4_addr"), connections4)}
      ${set("connections6", ends("ipv6_addr"), connections6)}
      ${chains.join("\n")}
    }\n`;
  }

  /** Deletes the table, whether it is there or not. */
  #fresh(): string {
    return `add table netdev ${this.#table}\ndelete table netdev ${this.#table}\n`;
  }
}

function run(input: string): string | undefined {
  const result = spawnSync("nft", ["-f", "-"], {
    input,
    stdio: ["pipe", "ignore", "pipe"],
    encoding: "utf8",
    timeout: timeoutMs,
  });
  if (result.error) return result.error.message;
  if (result.status === 0) return undefined;
  return (
    result.stderr.trim().slice(0, errorCharactersMax) || `nft ended with ${result.status ?? result.signal}`
  );
}

const ends = (type: string): string => `${type} . inet_service . ${type} . inet_service`;

function set(name: string, type: string, entries: readonly string[]): string {
  const elements = entries.length > 0 ? `elements = { ${entries.join(", ")} }` : "";
  return `set ${name} { type ${type}; timeout ${entrySeconds}s; ${elements} }`;
}

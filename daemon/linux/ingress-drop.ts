import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** An entry that is not renewed ends by itself, so that a process that dies leaves no address cut off. */
const entrySeconds = 60;
const errorBytesMax = 1_000;

export interface IngressDrops {
  /** Names of interfaces. */
  interfaces: readonly string[];
  /** Addresses as text, each family apart. */
  ipv4: readonly string[];
  ipv6: readonly string[];
}

/**
 * Keeps the kernel from handling packets to some addresses that come in by some interfaces: they end in an nftables
 * ingress chain. Packet rings see them all the same, for they are served before. Needs nft and CAP_NET_ADMIN.
 */
export class IngressDropper {
  readonly #table: string;
  #running: ChildProcess | undefined;

  /** @param table of the netdev family, this process's own */
  constructor(table: string) {
    this.#table = table;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Makes exactly this so, in one transaction, for the next minute; calls back with what nft says when it could not. Not
   * to be called while busy.
   */
  apply(drops: IngressDrops, done: (refusal: string | undefined) => void): void {
    const child = spawn("nft", ["-f", "-"], { stdio: ["pipe", "ignore", "pipe"] });
    this.#running = child;
    let said = "";
    child.stderr.on("data", (chunk) => {
      said = (said + chunk).slice(0, errorBytesMax);
    });
    // Whether it took all of the script is told by how it ends.
    child.stdin.on("error", () => undefined);
    child.stdin.end(this.#script(drops));
    child.on("error", (error) => {
      said = error.message;
    });
    child.on("close", (code) => {
      this.#running = undefined;
      done(code === 0 ? undefined : said.trim() || `nft ended with ${code}`);
    });
  }

  /** Takes all of it off at once, blocking for some milliseconds. */
  clear(): void {
    this.#running?.kill("SIGKILL");
    spawnSync("nft", ["-f", "-"], { input: this.#fresh(), stdio: ["pipe", "ignore", "ignore"] });
  }

  #script({ interfaces, ipv4, ipv6 }: IngressDrops): string {
    const chains = interfaces.map(
      (name, index) => `chain in${index} {
        type filter hook ingress device "${name}" priority -500;
        ip daddr @ipv4 drop
        ip6 daddr @ipv6 drop
      }`,
    );
    return `${this.#fresh()}table netdev ${this.#table} {
      ${set("ipv4", "ipv4_addr", ipv4)}
      ${set("ipv6", "ipv6_addr", ipv6)}
      ${chains.join("\n")}
    }\n`;
  }

  /** Deletes the table, whether it is there or not. */
  #fresh(): string {
    return `add table netdev ${this.#table}\ndelete table netdev ${this.#table}\n`;
  }
}

function set(name: string, type: string, addresses: readonly string[]): string {
  const elements = addresses.length > 0 ? `elements = { ${addresses.join(", ")} }` : "";
  return `set ${name} { type ${type}; timeout ${entrySeconds}s; ${elements} }`;
}

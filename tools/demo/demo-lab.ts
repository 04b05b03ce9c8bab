import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { askEnd, askHosts, commandInLab, findLab, type RunningLab } from "../../lab/mod.ts";

const limits = { waitMs: 30_000, lookMs: 2, pingTimeoutS: 0.2 } as const;
const name = `quickstart-${process.pid}`;

/** `netloom lab` in a process of its own, as a user starts it, and what its hosts see. */
export class DemoLab {
  readonly #process: ChildProcess;
  #output = "";
  #running: RunningLab | undefined;
  #exit: Promise<void>;

  constructor(netloom: string, location: string) {
    this.#process = spawn(process.execPath, [netloom, "lab", location, "--name", name], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk;
    };
    this.#process.stdout?.on("data", keep);
    this.#process.stderr?.on("data", keep);
    this.#exit = new Promise((done) => this.#process.once("close", () => done()));
  }

  get running(): RunningLab {
    this.#running ??= findLab(name);
    return this.#running;
  }

  /** Resolves when every object is ready and those sleep that should. */
  async converged(): Promise<void> {
    await this.until("the lab has converged", () => this.#output.includes("  converged\n"));
  }

  isReady(object: string): boolean {
    return this.#output.includes(`  ${object} ready: `);
  }

  async powerOf(host: string): Promise<string> {
    const hosts = await askHosts(this.running);
    return hosts.find(({ id }) => id === `default/${host}`)?.power ?? "awake";
  }

  /** Runs a command on a host; what it wrote. */
  run(host: string, ...command: string[]): string {
    const [program, ...words] = commandInLab(this.running, host, command);
    return spawnSync(program, words, { encoding: "utf8" }).stdout;
  }

  ping(host: string, to: string, { count, intervalS }: { count: number; intervalS: number }) {
    const output = this.run(host, "ping", "-q", `-c${count}`, `-i${intervalS}`, "-W1", to);
    return {
      sent: count,
      received: Number(/(\d+) received/.exec(output)?.[1] ?? 0),
      averageMs: Number(/= [\d.]+\/([\d.]+)\//.exec(output)?.[1] ?? Number.NaN),
    };
  }

  isAnswered(host: string, to: string): boolean {
    return this.run(host, "ping", "-q", "-c1", `-W${limits.pingTimeoutS}`, to).includes("1 received");
  }

  /** The MAC that a host has learned for an address. */
  neighbourOf(host: string, address: string): string | undefined {
    return /lladdr (\S+)/.exec(this.run(host, "ip", "neighbour", "show", address))?.[1];
  }

  macOf(host: string): string | undefined {
    return /link\/ether (\S+)/.exec(this.run(host, "ip", "link", "show", "eth0"))?.[1];
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + limits.waitMs;
    while (!isSo()) {
      this.expect(performance.now() < deadline && this.#process.exitCode === null, what);
      await new Promise((again) => setTimeout(again, limits.lookMs));
    }
  }

  /** Ends the quick start when something is not as it should be, with all that the lab said. */
  expect(isSo: boolean, what: string): void {
    if (isSo) return;
    console.log(`\nThis is not as it should be: ${what}\nThe lab said:\n${this.#output}`);
    process.exit(1);
  }

  async end(): Promise<void> {
    await askEnd(this.running);
    await this.#exit;
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}

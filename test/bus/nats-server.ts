import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bus } from "../../bus/mod.ts";
import { type NatsBusOptions, natsBus } from "../../bus/mod.ts";
import { eventually } from "./eventually.ts";

/** A real nats-server with JetStream on a random loopback port; its state lives in a folder of its own until `remove`. */
export class NatsServer {
  readonly folder = mkdtempSync(join(tmpdir(), "netloom-nats-"));
  readonly port: number;
  readonly scheme: "nats" | "tls";
  #process: ChildProcess | undefined;
  #output = "";

  private constructor(port: number, scheme: "nats" | "tls") {
    this.port = port;
    this.scheme = scheme;
  }

  /** `config` is added to the server's configuration. */
  static async start(config = "", options: { scheme?: "nats" | "tls" } = {}): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), options.scheme ?? "nats");
    server.configure(config);
    await server.run();
    return server;
  }

  get url(): string {
    // The client checks certificates against names only.
    return this.scheme === "tls" ? `tls://localhost:${this.port}` : `nats://127.0.0.1:${this.port}`;
  }

  get output(): string {
    return this.#output;
  }

  configure(config: string, options: { jetStream?: boolean } = {}): void {
    const base = `listen: "127.0.0.1:${this.port}"\n`;
    const jetStream = `jetstream: { store_dir: "${this.folder}/state" }\n`;
    const whole = base + (options.jetStream === false ? "" : jetStream) + config;
    writeFileSync(join(this.folder, "server.conf"), whole);
  }

  async run(): Promise<void> {
    this.#output = "";
    const child = spawn("nats-server", ["-c", join(this.folder, "server.conf")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    child.stderr.on("data", (text) => {
      this.#output += text;
    });
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`nats-server ended: ${this.#output}`);
      return this.#output.includes("Server is ready");
    }, "nats-server is ready");
  }

  /** Ends the server; its state stays. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(signal);
  }

  forgetState(): void {
    rmSync(join(this.folder, "state"), { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Joins as a controller unless told otherwise. */
  join(options: Partial<NatsBusOptions> = {}): Promise<Bus> {
    return natsBus({ servers: this.url, identity: { role: "controller" }, ...options });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}

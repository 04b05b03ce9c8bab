import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import { natsBus } from "../bus/mod.ts";
import { fail, type Problem } from "../schemas/mod.ts";
import type { LabBus } from "./lab-bus.ts";
import { runFolder } from "./run-folder.ts";

const address = { host: "127.0.0.1", port: 4222 } as const;
const limits = { readyMs: 10_000, restartAfterMs: 500, outputCharactersMax: 4_000 } as const;

/**
 * A real nats-server with JetStream in the lab's own namespace, and the bus of its controller. Hosts reach it at the same
 * address of their own (`leadToSocket`), so no network of theirs has to lead to it. Rejects with `lab.command-failed`.
 */
export async function startNatsBus({ onProblem }: { onProblem(problem: Problem): void }): Promise<LabBus> {
  const server = new NatsProcess();
  await server.ready();
  const relay = await listen(
    createServer((from) => join(from, connect(address))),
    runFolder.nats,
  );
  const bus = await natsBus({ servers: urlOf(), identity: { role: "controller" }, onProblem });
  return {
    bus,
    way: () => ({ kind: "nats", url: urlOf(), socketPath: runFolder.nats }),
    async close() {
      await bus.close();
      relay.close();
      server.close();
    },
  };
}

/** In a host's namespace: takes what comes to the server's address there to the lab's socket. */
export function leadToSocket(socketPath: string): Promise<Server> {
  return listen(
    createServer((from) => join(from, connect(socketPath))),
    address,
  );
}

/** The server, started again when it ends. */
class NatsProcess {
  #child: ChildProcess;
  #closed = false;
  #output = "";

  constructor() {
    this.#child = this.#start();
  }

  /** Resolves when it takes connections. */
  async ready(): Promise<void> {
    const deadline = performance.now() + limits.readyMs;
    while (!this.#output.includes("Server is ready")) {
      if (performance.now() > deadline) {
        fail("lab.command-failed", { tried: "start the bus", command: "nats-server", reason: this.#output });
      }
      await new Promise((again) => setTimeout(again, 10));
    }
  }

  close(): void {
    this.#closed = true;
    this.#child.kill();
  }

  #start(): ChildProcess {
    const { host, port } = address;
    const words = ["-a", host, "-p", String(port), "-js", "-sd", `${runFolder.folder}/nats`];
    const child = spawn("nats-server", words, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (chunk: Buffer) => {
      this.#output = (this.#output + chunk).slice(-limits.outputCharactersMax);
    });
    child.on("error", (error) => {
      this.#output = error.message;
    });
    child.on("exit", () => {
      if (this.#closed) return;
      setTimeout(() => {
        if (!this.#closed) this.#child = this.#start();
      }, limits.restartAfterMs);
    });
    return child;
  }
}

function urlOf(): string {
  return `nats://${address.host}:${address.port}`;
}

function listen(server: Server, at: string | { host: string; port: number }): Promise<Server> {
  return new Promise((done, failed) => {
    server.once("error", failed).listen(at, () => done(server));
  });
}

/** What comes from either goes to the other; when one ends, for whatever reason, so does the other. */
function join(a: Socket, b: Socket): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on("error", () => other.destroy()).on("close", () => other.destroy());
  }
}

import { type IncomingMessage, request } from "node:http";
// Not by the controller's door, which brings all of it: a command that only asks should be there at once.
import {
  checkSocketFolder,
  parseServerAddress,
  type ServerAddress,
} from "../../controller/api/server-address.ts";
import { findLabs, pathInLab } from "../../lab/find-lab.ts";
import { runFolder } from "../../lab/run-folder.ts";
import { fail } from "../../schemas/mod.ts";
import { defaultServerAddress } from "./default-server-address.ts";

const answerTimeoutMs = 30_000;
const answerBytesMax = 256 * 1024 * 1024;

/** Talks to a running controller. Rejects with `server.unreachable`, or `server.refused`. */
export class ControllerClient {
  #address: ServerAddress;
  /** Nobody said which controller is meant; when none of the user's own answers, it is that of the only lab. */
  #isAssumed: boolean;

  /** `server` is what --server says; absent: where controllers serve by default, or the only lab that runs. */
  constructor(server: string | undefined) {
    this.#address = server === undefined ? defaultServerAddress() : parseServerAddress(server);
    this.#isAssumed = server === undefined && !process.env.NETLOOM_SERVER;
    if (this.#address.kind === "socket") checkSocketFolder(this.#address.path);
  }

  /** The value at a path, undefined where there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    const { status, text } = await this.#ask("GET", path, answerTimeoutMs);
    return status === 404 ? undefined : this.#read<T>({ status, text }, path);
  }

  async get<T>(path: string): Promise<T> {
    return this.#read<T>(await this.#ask("GET", path, answerTimeoutMs), path);
  }

  async post<T>(path: string, options: { timeoutMs: number; body?: Uint8Array }): Promise<T> {
    const { timeoutMs, body } = options;
    return this.#read<T>(await this.#ask("POST", path, timeoutMs, body), path);
  }

  /** The lines of a stream of JSON values, until the controller or the signal ends it. */
  async *lines<T>(path: string, signal: AbortSignal): AsyncGenerator<T> {
    const response = await this.#send("GET", path, { signal });
    if (response.statusCode !== 200)
      this.#read({ status: response.statusCode ?? 0, text: await textOf(response) }, path);
    try {
      for await (const line of linesOf(response)) if (line !== "") yield JSON.parse(line) as T;
    } catch (error) {
      if (!signal.aborted) this.#unreachable(error as Error);
    }
  }

  async #ask(
    method: string,
    path: string,
    timeoutMs: number,
    body?: Uint8Array,
  ): Promise<{ status: number; text: string }> {
    const response = await this.#send(method, path, { signal: AbortSignal.timeout(timeoutMs), body });
    return {
      status: response.statusCode ?? 0,
      text: await textOf(response).catch((error) => this.#unreachable(error)),
    };
  }

  #send(
    method: string,
    path: string,
    { signal, body }: { signal: AbortSignal; body?: Uint8Array | undefined },
  ): Promise<IncomingMessage> {
    const address = this.#address;
    const to =
      address.kind === "socket" ? { socketPath: address.path } : { host: address.host, port: address.port };
    return new Promise<IncomingMessage>((answered, failed) => {
      request({ ...to, method, path, signal, headers: { host: "localhost" } }, answered)
        .once("error", failed)
        .end(body);
    }).catch((error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      if (!isAbsent || !this.#turnToLab()) return this.#unreachable(error);
      return this.#send(method, path, { signal, body });
    });
  }

  /** Whether there is one lab, and no other, to talk to instead. */
  #turnToLab(): boolean {
    if (!this.#isAssumed) return false;
    this.#isAssumed = false;
    const [lab, other] = findLabs();
    if (lab === undefined || other !== undefined) return false;
    this.#address = { kind: "socket", path: pathInLab(lab, runFolder.api) };
    return true;
  }

  #read<T>({ status, text }: { status: number; text: string }, path: string): T {
    const body = JSON.parse(text) as T & { error?: string };
    if (status >= 400)
      fail("server.refused", { what: path, status, reason: body.error ?? "no reason given" });
    return body;
  }

  #unreachable(error: Error): never {
    const address =
      this.#address.kind === "socket" ? this.#address.path : `${this.#address.host}:${this.#address.port}`;
    const reasons: Record<string, string> = { ENOENT: "there is no socket", ECONNREFUSED: "nobody listens" };
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reason = error.name === "TimeoutError" ? "no answer in time" : (reasons[code] ?? error.message);
    return fail("server.unreachable", { address, reason }, { cause: error });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new Error(`the answer is longer than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

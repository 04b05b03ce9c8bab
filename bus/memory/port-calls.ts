import type { MessagePort } from "node:worker_threads";
import { type Problem, ProblemError, problemOf } from "../../schemas/mod.ts";
import { unavailable } from "../requesting.ts";

type Frame =
  | { kind: "call"; id: number; method: string; args: unknown[] }
  | { kind: "abort"; id: number }
  | { kind: "return"; id: number; value: unknown }
  | { kind: "throw"; id: number; problem: Problem };

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

export type Methods = Record<string, (...args: never[]) => unknown>;

/** Calls across a message port, either way: both ends name the methods they answer. */
export class PortCalls {
  readonly #port: MessagePort;
  readonly #methods: Methods;
  readonly #waiting = new Map<number, Waiting>();
  readonly #aborts = new Map<number, AbortController>();
  #lastId = 0;
  #closed = false;

  constructor(port: MessagePort, methods: Methods, onClose: () => void) {
    this.#port = port;
    this.#methods = methods;
    port.on("message", (frame: Frame) => void this.#take(frame));
    port.on("close", () => {
      this.#end();
      onClose();
    });
  }

  /** Values are copied, or moved when they are the port's to move; problems come through as `ProblemError`. */
  call<T>(method: string, args: unknown[], signal?: AbortSignal): Promise<T> {
    if (this.#closed) return Promise.reject(unavailable("the bus was closed"));
    const id = ++this.#lastId;
    return new Promise<T>((resolve, reject) => {
      const aborted = (): void => this.#port.postMessage({ kind: "abort", id });
      const done = (): void => {
        this.#waiting.delete(id);
        signal?.removeEventListener("abort", aborted);
      };
      this.#waiting.set(id, {
        resolve: (value) => {
          done();
          resolve(value as T);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#port.postMessage({ kind: "call", id, method, args: args.map(compact) });
      if (signal?.aborted) aborted();
      else signal?.addEventListener("abort", aborted);
    });
  }

  /** A call whose outcome nobody waits for: it can only fail when the port is closed. */
  tell(method: string, args: unknown[]): void {
    if (!this.#closed) this.#port.postMessage({ kind: "call", id: 0, method, args: args.map(compact) });
  }

  close(): void {
    this.#port.close();
  }

  async #take(frame: Frame): Promise<void> {
    if (frame.kind === "call") return this.#answer(frame);
    if (frame.kind === "abort") return this.#aborts.get(frame.id)?.abort();
    const waiting = this.#waiting.get(frame.id);
    if (frame.kind === "return") waiting?.resolve(frame.value);
    else waiting?.reject(new ProblemError(frame.problem));
  }

  async #answer({ id, method, args }: Frame & { kind: "call" }): Promise<void> {
    const run = this.#methods[method] as (...args: unknown[]) => unknown;
    if (id === 0) {
      run(...args);
      return;
    }
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      const value = compact(await run(...args, abort.signal));
      this.#post({ kind: "return", id, value });
    } catch (error) {
      this.#post({ kind: "throw", id, problem: problemOf(error) });
    } finally {
      this.#aborts.delete(id);
    }
  }

  #post(frame: Frame): void {
    if (!this.#closed) this.#port.postMessage(frame);
  }

  #end(): void {
    this.#closed = true;
    for (const waiting of [...this.#waiting.values()]) waiting.reject(unavailable("the bus was closed"));
    for (const abort of this.#aborts.values()) abort.abort();
  }
}

/** A view of a part of a pooled buffer would drag the whole pool across; a copy holds what is meant alone. */
function compact(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
}

import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { fail, type Problem, ProblemError, problem } from "../../schemas/mod.ts";
import { ByteSource } from "./byte-source.ts";
import { type Reply, type Request, readReply, replyStatus, writeRequest } from "./message.ts";

/** How a host reaches the responder of its proxy. */
export interface ProxyAddress {
  address: string;
  port: number;
  /** PEM, and the name that the proxy's certificate must bear. Without it there is no TLS. */
  tls?: { cert: Buffer; key: Buffer; ca: Buffer; serverName: string };
}

/**
 * Asks for one thing after the other on one connection; resolves when all are done. Rejects at the first that is not,
 * with `responder.refused`, or with what may pass: `responder.unreachable`, `responder.unwell`.
 */
export async function askProxy(
  proxy: ProxyAddress,
  requests: readonly Request[],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  const conversation = new Conversation(proxy, options.timeoutMs);
  const abort = (): void => conversation.giveUp("it was interrupted");
  options.signal?.addEventListener("abort", abort);
  try {
    await conversation.open();
    for (const request of requests) settle(await conversation.ask(request));
  } finally {
    options.signal?.removeEventListener("abort", abort);
    conversation.close();
  }
}

function settle({ status, reason }: Reply): void {
  if (status === replyStatus.done) return;
  const mayPass = status === replyStatus.busy || status === replyStatus.failed;
  fail(mayPass ? "responder.unwell" : "responder.refused", { status, reason });
}

class Conversation {
  readonly #proxy: ProxyAddress;
  readonly #socket: Socket;
  readonly #source: ByteSource;
  readonly #deadline: NodeJS.Timeout;
  #failure: Problem | undefined;

  constructor(proxy: ProxyAddress, timeoutMs: number) {
    this.#proxy = proxy;
    const { address: host, port, tls } = proxy;
    this.#socket = tls
      ? connectTls({ host, port, ...tls, servername: tls.serverName, minVersion: "TLSv1.3" })
      : connect({ host, port });
    this.#socket.on("error", (error: NodeJS.ErrnoException) => this.#broken(error));
    this.#source = new ByteSource(this.#received());
    this.#deadline = setTimeout(() => this.giveUp(`there was no answer within ${timeoutMs} ms`), timeoutMs);
  }

  async open(): Promise<void> {
    const ready = this.#proxy.tls ? "secureConnect" : "connect";
    await new Promise<void>((resolve) => {
      this.#socket.once(ready, resolve);
      this.#socket.once("close", resolve);
    });
    if (this.#failure) throw new ProblemError(this.#failure);
  }

  async ask(request: Request): Promise<Reply> {
    for (const piece of writeRequest(request)) this.#socket.write(piece);
    try {
      return await readReply(this.#source);
    } catch (error) {
      throw this.#failure ? new ProblemError(this.#failure) : error;
    }
  }

  giveUp(reason: string): void {
    this.#failure ??= problem("responder.unreachable", { ...this.#place(), reason });
    this.#socket.destroy();
  }

  close(): void {
    clearTimeout(this.#deadline);
    this.#socket.destroy();
  }

  async *#received(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.#socket) yield piece as Uint8Array;
    } catch {
      // `#broken` has been told why.
    }
    this.#failure ??= problem("responder.unreachable", {
      ...this.#place(),
      reason: "it closed the connection without an answer",
    });
  }

  #broken(error: NodeJS.ErrnoException): void {
    const reason = error.message || (error.code ?? "the connection broke");
    const code = isDistrust(error) ? "responder.untrusted" : "responder.unreachable";
    this.#failure ??= problem(code, { ...this.#place(), reason });
  }

  #place(): { address: string; port: number } {
    return { address: this.#proxy.address, port: this.#proxy.port };
  }
}

/** Certificates and TLS, rather than a network that may come back. */
function isDistrust({ code = "" }: NodeJS.ErrnoException): boolean {
  return /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|ISSUER|CRL/.test(code);
}

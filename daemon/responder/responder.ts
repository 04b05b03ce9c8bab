import { constants } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { fail, formatProblem, ProblemError, problem, problemOf } from "../../schemas/mod.ts";
import type { Log } from "../engine.ts";
import type { ResponderBackend } from "./backend.ts";
import { isLoopback, type Peer } from "./identity.ts";
import { type SessionTimes, serveSession } from "./session.ts";
import { strangerLog } from "./stranger-log.ts";

export interface ResponderOptions {
  /** Where hosts connect to. */
  listen: { address: string; port: number };
  /** PEM: our certificate with its key, and the authorities that sign those of hosts. Without it there is no TLS. */
  tls?: { cert: Buffer; key: Buffer; ca: Buffer };
  /** Serve without TLS though others than this machine can connect; a host is then known by its address alone. */
  plain?: boolean;
  limits?: Partial<ResponderLimits>;
}

export interface ResponderLimits extends SessionTimes {
  connectionsMax: number;
  connectionsPerAddressMax: number;
  /** Subscriptions being received at once: they are what takes memory. */
  subscriptionsAtOnceMax: number;
  handshakeMs: number;
}

const limitsByDefault: ResponderLimits = {
  connectionsMax: 256,
  connectionsPerAddressMax: 8,
  subscriptionsAtOnceMax: 4,
  handshakeMs: 5_000,
  idleMs: 10_000,
  requestMs: 30_000,
  lingerMs: 1_000,
};

export interface Responder {
  /** The port that was got, where 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/**
 * Answers hosts that sleep (docs/responder.md). Rejects with `responder.plain-refused`, `responder.tls-unusable`,
 * `responder.address-taken`.
 */
export async function serveResponder(
  backend: ResponderBackend,
  options: ResponderOptions & { log: Log },
): Promise<Responder> {
  const { listen, tls, plain = false } = options;
  if (!tls && !plain && !isLoopback(listen.address))
    fail("responder.plain-refused", { address: listen.address });
  const serving = new Serving(backend, options);
  await serving.open();
  return serving;
}

class Serving implements Responder {
  readonly #backend: ResponderBackend;
  readonly #options: ResponderOptions & { log: Log };
  readonly #limits: ResponderLimits;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, string>();
  #subscriptions = 0;

  constructor(backend: ResponderBackend, options: ResponderOptions & { log: Log }) {
    this.#backend = backend;
    this.#options = { ...options, log: strangerLog(options.log) };
    this.#limits = { ...limitsByDefault, ...options.limits };
    this.#server = this.#makeServer();
    this.#server.maxConnections = this.#limits.connectionsMax;
    this.#server.on("connection", (socket: Socket) => this.#connected(socket));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  open(): Promise<void> {
    const { address, port } = this.#options.listen;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code ?? error.message;
        reject(new ProblemError(problem("responder.address-taken", { address, port, reason })));
      });
      this.#server.listen(port, address, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets.keys()) socket.destroy();
    });
  }

  #makeServer(): Server {
    const { tls } = this.#options;
    // A peer that is done asking still gets its reply.
    const allowHalfOpen = true;
    if (!tls)
      return createServer({ allowHalfOpen }, (socket) => this.#serve(socket, this.#plainPeer(socket)));
    const server = tlsServer({ ...tls, allowHalfOpen, handshakeTimeout: this.#limits.handshakeMs });
    server.on("secureConnection", (socket: TLSSocket) => this.#serve(socket, certifiedPeer(socket)));
    server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
      this.#options.log.warn({ from: socket.remoteAddress, reason: error.message }, "no trusted connection");
      socket.destroy();
    });
    return server;
  }

  /** Counts connections from before the handshake on. */
  #connected(socket: Socket): void {
    const address = socket.remoteAddress ?? "";
    const others = [...this.#sockets.values()].filter((one) => one === address).length;
    socket.on("error", () => socket.destroy());
    if (others >= this.#limits.connectionsPerAddressMax) {
      socket.destroy();
      return;
    }
    this.#sockets.set(socket, address);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #plainPeer(socket: Socket): Peer {
    const address = socket.remoteAddress ?? "";
    return isLoopback(this.#options.listen.address) ? { kind: "local" } : { kind: "addressed", address };
  }

  #serve(socket: Socket, peer: Peer): void {
    if (socket.destroyed) return;
    const { log } = this.#options;
    socket.on("error", () => socket.destroy());
    const session = {
      socket,
      peer,
      backend: this.#backend,
      times: this.#limits,
      log,
      reserve: () => this.#reserve(),
    };
    serveSession(session).catch((error: unknown) => {
      log.error({ problem: formatProblem(problemOf(error)) }, "session with a host failed");
    });
  }

  #reserve(): (() => void) | undefined {
    if (this.#subscriptions >= this.#limits.subscriptionsAtOnceMax) return undefined;
    this.#subscriptions += 1;
    return () => {
      this.#subscriptions -= 1;
    };
  }
}

function certifiedPeer(socket: TLSSocket): Peer {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return { kind: "untrusted", reason: "it sent no certificate" };
  if (socket.authorized) return { kind: "certified", certificate };
  return { kind: "untrusted", reason: `its certificate is not valid here (${socket.authorizationError})` };
}

function tlsServer(options: TlsOptions): Server {
  try {
    return createTlsServer({
      ...options,
      requestCert: true,
      // Whoever is not trusted is told so, and nothing else (`certifiedPeer`).
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      // A session taken up again would not look at the certificate again.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
  } catch (error) {
    return fail("responder.tls-unusable", { reason: (error as Error).message }, { cause: error });
  }
}

import { lstatSync, unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, isIP } from "node:net";
import { limits } from "../../bus/mod.ts";
import { fail, problemOf } from "../../schemas/mod.ts";
import type { Log } from "../log.ts";
import type { Reconciler } from "../reconciler.ts";
import { route } from "./router.ts";
import { prepareSocketFolder, type ServerAddress } from "./server-address.ts";

const serverLimits = {
  /** What a middlebox asks has a body; whoever sends more is hung up on. */
  bodyBytesMax: 2 * limits.inverseBytesMax,
  headersBytesMax: 16 * 1024,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  connectionsMax: 256,
} as const;

export interface ApiServer {
  /** Where it listens; for TCP with the port that was got. */
  address: ServerAddress;
  close(): Promise<void>;
}

/**
 * Serves a controller's API. A socket is its owner's alone (0600). TCP has no authentication: an address that other
 * machines can reach serves health and metrics only. Rejects with `server.address-taken` or `server.folder-unsafe`.
 */
export async function serveApi(
  reconciler: Reconciler,
  { address, log }: { address: ServerAddress; log: Log },
): Promise<ApiServer> {
  const isPublic = address.kind === "tcp" && !isLoopback(address.host);
  const server = createServer(
    {
      maxHeaderSize: serverLimits.headersBytesMax,
      headersTimeout: serverLimits.headersTimeoutMs,
      requestTimeout: serverLimits.requestTimeoutMs,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = serverLimits.connectionsMax;
  await listen(server, address);
  const bound =
    address.kind === "tcp" ? { ...address, port: (server.address() as AddressInfo).port } : address;
  log.info({ ...bound }, "serving the API");
  return { address: bound, close: () => close(server) };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    boundBody(request);
    try {
      if (address.kind === "tcp" && isFromBrowser(request)) refuse(response);
      else await route(reconciler, { request, response, isPublic });
    } catch (error) {
      const found = problemOf(error);
      log.error({ url: request.url, problem: found.message }, "request failed");
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { "content-type": "application/json" })
          .end('{"error":"internal error; see the log"}\n');
    }
  }
}

/** `localhost` may be made to name anything, but not to a process that asked for it on this machine. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A page from anywhere may have a browser on this machine send requests here (also under a name of its own that it has resolve to us). */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  const name = headers.host?.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return headers.origin !== undefined || (name !== undefined && name !== "localhost" && isIP(name) === 0);
}

function refuse(response: ServerResponse): void {
  response.writeHead(403, { "content-type": "application/json" }).end('{"error":"not for browsers"}\n');
}

function boundBody(request: IncomingMessage): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > serverLimits.bodyBytesMax) request.destroy();
  });
}

async function listen(server: Server, address: ServerAddress): Promise<void> {
  if (address.kind === "socket") {
    prepareSocketFolder(address.path);
    await removeStaleSocket(address.path);
  }
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    // Sockets are made with the mode that the mask leaves; changed afterwards they would be open for a moment.
    const before = process.umask(0o177);
    try {
      if (address.kind === "socket") server.listen(address.path, listening);
      else server.listen(address.port, address.host, listening);
    } finally {
      process.umask(before);
    }
  }).catch((error: Error) => taken(address, error.message));
}

/** What a controller that was killed left behind is removed; one that answers is left alone. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) taken({ kind: "socket", path }, "there is a file that is no socket");
  const answers = await new Promise<boolean>((settled) => {
    const probe = connect(path);
    probe.once("connect", () => settled(true)).once("error", () => settled(false));
    probe.once("connect", () => probe.destroy());
  });
  if (answers) taken({ kind: "socket", path }, "another controller serves there");
  unlinkSync(path);
}

function taken(address: ServerAddress, reason: string): never {
  const shown = address.kind === "socket" ? address.path : `${address.host}:${address.port}`;
  return fail("server.address-taken", { address: shown, reason });
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((closed) => {
    server.close(() => closed());
    server.closeAllConnections();
  });
}

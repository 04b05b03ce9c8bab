import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fail } from "../schemas/mod.ts";
import type { DaemonStatus } from "./daemon.ts";
import { daemonMetrics } from "./metrics.ts";

const serverLimits = { connections: 64, requestTimeoutMs: 10_000, headersBytes: 8 * 1024 } as const;

export interface StatusServer {
  /** The port that was got, where 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/**
 * Answers GET /metrics (Prometheus), GET /healthz (200 while the daemon runs) and GET /readyz (200 while it is connected to
 * its bus) over plain HTTP, to anybody who reaches it. Rejects with `daemon.address-taken`.
 */
export async function serveStatus(
  status: () => DaemonStatus,
  { address, port }: { address: string; port: number },
): Promise<StatusServer> {
  const metrics = daemonMetrics(status);
  const answer: RequestListener = async (request, response) => {
    // Nothing that is sent with a request is read.
    request.resume();
    const text = (code: number, body: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(code, { "content-type": type, connection: "close" }).end(`${body}\n`);
    };
    if (request.method !== "GET") text(405, "only GET is answered");
    else if (request.url === "/healthz") text(200, "ok");
    else if (request.url === "/readyz") status().connected ? text(200, "ok") : text(503, "no bus");
    else if (request.url === "/metrics") text(200, await metrics.metrics(), metrics.contentType);
    else text(404, "there are /metrics, /healthz and /readyz");
  };
  const server = createServer({ maxHeaderSize: serverLimits.headersBytes }, answer);
  server.maxConnections = serverLimits.connections;
  server.requestTimeout = serverLimits.requestTimeoutMs;
  await listen(server, address, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      try {
        fail(
          "daemon.address-taken",
          { address, port, reason: error.code ?? error.message },
          { cause: error },
        );
      } catch (found) {
        reject(found);
      }
    });
    server.listen(port, address, resolve);
  });
}

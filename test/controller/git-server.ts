import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./git-repository.ts";

export interface GitServerOptions {
  tls?: boolean;
  /** Wanted as the password of every request; any user. */
  token?: string;
  /** Called before each request; true when it has answered, or never will. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Serves the repositories under a folder over HTTP by the real git http-backend (RFC 3875), on loopback. */
export class GitServer {
  readonly requests: string[] = [];
  readonly caFile: string | undefined;
  readonly #root: string;
  readonly #options: GitServerOptions;
  readonly #server: ReturnType<typeof createHttpServer>;
  readonly #sockets = new Set<Socket>();

  constructor(root: string, options: GitServerOptions = {}) {
    this.#root = root;
    this.#options = options;
    const handler = (request: IncomingMessage, response: ServerResponse): void =>
      this.#handle(request, response);
    if (options.tls) {
      const { key, cert, certFile } = certificate();
      this.caFile = certFile;
      this.#server = createHttpsServer({ key, cert }, handler);
    } else {
      this.#server = createHttpServer(handler);
    }
    this.#server.on("connection", (socket: Socket) => this.#sockets.add(socket));
  }

  async start(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls ? "https" : "http"}://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    if (this.#options.intercept?.(request, response)) return;
    if (this.#options.token !== undefined && !isAllowed(request, this.#options.token)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const [path, query] = request.url!.split("?");
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: this.#root,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
        REQUEST_METHOD: request.method,
        PATH_INFO: path,
        QUERY_STRING: query ?? "",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
        GIT_PROTOCOL: request.headers["git-protocol"] as string | undefined,
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    request.pipe(backend.stdin);
    backend.stdin.on("error", () => response.destroy());
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.on("close", () => answer(Buffer.concat(chunks), response));
  }
}

/** A CGI answer: headers, an empty line, the body. */
function answer(printed: Buffer, response: ServerResponse): void {
  const end = printed.indexOf("\r\n\r\n");
  for (const line of printed.subarray(0, end).toString().split("\r\n")) {
    const [name, value] = line.split(": ");
    if (name === "Status") response.statusCode = Number.parseInt(value!, 10);
    else if (name && value) response.setHeader(name, value);
  }
  response.end(printed.subarray(end + 4));
}

function isAllowed(request: IncomingMessage, token: string): boolean {
  const [, sent] = /^Basic (.*)$/.exec(request.headers.authorization ?? "") ?? [];
  return (
    Buffer.from(sent ?? "", "base64")
      .toString()
      .split(":")[1] === token
  );
}

function certificate(): { key: Buffer; cert: Buffer; certFile: string } {
  const folder = temporaryFolder();
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  writeFileSync(join(folder, "empty.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
  const request = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync(
    "openssl",
    [...request, ...name, "-config", join(folder, "empty.cnf"), "-keyout", keyFile, "-out", certFile],
    {
      stdio: "ignore",
    },
  );
  return { key: readFileSync(keyFile), cert: readFileSync(certFile), certFile };
}

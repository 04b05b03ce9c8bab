/** A "client" and a "server", two applications on one machine, between which every byte of a stream is customized at both ends. */
import { readFileSync } from "node:fs";
import { Application } from "../../linux/application.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";

export const streamTag = readFileSync(
  new URL("../../../../../modules/standard/stream-tag.wasm", import.meta.url),
);
const limits = { memoryBytes: 1 << 20, timeMs: 200 };

/** What the end that connects to a port is customized by, and the other. */
export function bothEnds(
  port: number,
  options: UnitOptions = {},
): [sender: UnitOptions, receiver: UnitOptions] {
  const name = options.name ?? "end";
  return [
    { limits, ...options, name: `${name}-of-client`, tap: { protocol: "TCP", remote: { port } } },
    {
      limits,
      ...options,
      name: `${name}-of-server`,
      role: "receiver",
      tap: { protocol: "TCP", local: { port } },
    },
  ];
}

const preamble = `
import array, fcntl, hashlib, select, struct, tempfile, termios
c = s = a = None
def pieces(sock, size):
    """So many bytes, or all until the end."""
    got = b""
    while len(got) < size:
        piece = sock.recv(min(size - len(got), 1 << 16))
        if not piece: break
        got += piece
    return got
def waiting(sock):
    count = array.array("i", [0])
    fcntl.ioctl(sock, termios.FIONREAD, count)
    return count[0]
def readable(sock, seconds=0):
    return bool(select.select([sock], [], [], seconds)[0])
`;

export class Talkers {
  readonly port: number;
  readonly address: string;
  readonly engine: RunningEngine;
  readonly client: Application;
  readonly server: Application;

  static async start(port: number, address = "127.0.0.1"): Promise<Talkers> {
    const [client, server] = [await Application.start("client"), await Application.start("server")];
    for (const one of [client, server]) await one.do(preamble);
    return new Talkers(port, address, await new RunningEngine().start(), client, server);
  }

  private constructor(
    port: number,
    address: string,
    engine: RunningEngine,
    client: Application,
    server: Application,
  ) {
    this.port = port;
    this.address = address;
    this.engine = engine;
    this.client = client;
    this.server = server;
  }

  async customize(module = flipModule(), options: UnitOptions = {}): Promise<[string, string]> {
    const [sender, receiver] = bothEnds(this.port, options);
    return [await this.engine.install(module, sender), await this.engine.install(module, receiver)];
  }

  /** Opens a connection: `c` of the client, `a` of the server, whose listener is `s`. */
  async connect(): Promise<void> {
    const family = this.address.includes(":") ? "socket.AF_INET6" : "socket.AF_INET";
    const place = `("${this.address}", ${this.port})`;
    await this.server.do(`s = socket.socket(${family})
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(${place}); s.listen()`);
    await this.client.do(`c = socket.socket(${family}); c.connect(${place}); result = None`);
    await this.server.do("a, _ = s.accept(); s.close(); result = None");
  }

  async disconnect(): Promise<void> {
    await this.client.do("if c: c.close()");
    await this.server.do("if a: a.close()");
  }

  async end(): Promise<void> {
    await this.engine.engine.stop();
    await Promise.all([this.client.end(), this.server.end()]);
  }
}

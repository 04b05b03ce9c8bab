import { Application } from "../../linux/application.ts";

/** Two applications with connections between them. */
export class Applications {
  readonly talker: Application;
  readonly reader: Application;

  static async start(): Promise<Applications> {
    return new Applications(await Application.start("talker"), await Application.start("reader"));
  }

  private constructor(talker: Application, reader: Application) {
    this.talker = talker;
    this.reader = reader;
  }

  /**
   * Opens a connection, which both have under this name.
   * @param from port of the talker's end; 0: any
   */
  async connect(name: string, port: number, from = 0): Promise<void> {
    await this.reader.do(
      `s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", ${port})); s.listen(); result = None`,
    );
    await this.talker.do(
      `${name} = socket.create_connection(("127.0.0.1", ${port}), 20, ("127.0.0.1", ${from})); result = None`,
    );
    await this.reader.do(`${name}, _ = s.accept(); s.close(); ${name}.settimeout(20); result = None`);
  }

  /** Sends random bytes, of which so many are to be heard at the other end; answers both as hexadecimal digits. */
  async carry(name: string, bytes: number, { back = false, heardBytes = bytes } = {}) {
    const [from, to] = back ? [this.reader, this.talker] : [this.talker, this.reader];
    const start = `
said = os.urandom(${bytes})
thread = threading.Thread(target=${name}.sendall, args=(said,)); thread.start(); result = said.hex()`;
    const sent = await from.do(start);
    const heard = await to.do(`
heard = b""
while len(heard) < ${heardBytes}: heard += ${name}.recv(${heardBytes} - len(heard))
result = heard.hex()`);
    await from.do("thread.join(); result = None");
    return { sent: sent as string, heard: heard as string };
  }

  /** Ends a connection at once, so that there may be another between the same ends. */
  async reset(name: string): Promise<void> {
    const now = "struct.pack('ii', 1, 0)";
    await this.talker.do(
      `import struct; ${name}.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ${now}); ${name}.close(); result = None`,
    );
    await this.reader.do(`
try: ${name}.recv(1)
except ConnectionResetError: pass
${name}.close(); result = None`);
  }

  async end(): Promise<void> {
    await Promise.all([this.talker.end(), this.reader.end()]);
  }

  /** Closes a connection; answers whether both ends have ended without an error. */
  async close(name: string): Promise<boolean> {
    await this.talker.do(`${name}.shutdown(socket.SHUT_WR); result = None`);
    const end = await this.reader.do(`result = len(${name}.recv(1)); ${name}.close()`);
    return end === 0 && (await this.talker.do(`result = len(${name}.recv(1)); ${name}.close()`)) === 0;
  }
}

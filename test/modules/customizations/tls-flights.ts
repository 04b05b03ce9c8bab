import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { connect, createSecureContext, type SecureContextOptions, TLSSocket } from "node:tls";

/** What one end of a connection sent until the other answered. */
export interface Flight {
  from: "client" | "server";
  bytes: Buffer;
}

export interface FlightOptions {
  version: "TLSv1.2" | "TLSv1.3";
  isMutual?: boolean;
  /** The server has only a group that the client did not send a share of. */
  isRetried?: boolean;
  /** A renegotiation after the first question and answer. */
  isRenegotiated?: boolean;
  cipher?: string;
}

function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "tls-flights-"));
  const files = { key: join(folder, "key"), cert: join(folder, "cert") };
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test";
  execFileSync("openssl", [...request.split(" "), "-keyout", files.key, "-out", files.cert], {
    stdio: "ignore",
  });
  const made = { key: readFileSync(files.key), cert: readFileSync(files.cert) };
  rmSync(folder, { recursive: true });
  return made;
}

const own = certificate();

/** Records what OpenSSL's client and server say to each other: a handshake, two questions and their answers, alerts at the end. */
export async function recordFlights(options: FlightOptions): Promise<Flight[]> {
  const flights: Flight[] = [];
  const end = (from: Flight["from"], other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write(bytes: Buffer, _encoding, done) {
        const last = flights.at(-1);
        if (last?.from === from) last.bytes = Buffer.concat([last.bytes, bytes]);
        else flights.push({ from, bytes: Buffer.from(bytes) });
        other().push(Buffer.from(bytes));
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const near: Duplex = end("client", () => far);
  const far: Duplex = end("server", () => near);
  const { version, isMutual = false, isRetried = false, cipher } = options;
  const versions = { minVersion: version, maxVersion: version, ...(cipher && { ciphers: cipher }) };
  const secure: SecureContextOptions = {
    ...own,
    ca: own.cert,
    ...versions,
    ...(isRetried && { ecdhCurve: "P-384" }),
  };
  const served = new TLSSocket(far, {
    isServer: true,
    secureContext: createSecureContext(secure),
    requestCert: isMutual,
    rejectUnauthorized: false,
  });
  served.on("data", (bytes: Buffer) => served.write(`answer to ${bytes}`));
  const socket = connect({
    socket: near,
    rejectUnauthorized: false,
    ...versions,
    ...(isMutual && own),
    ...(isRetried && { ecdhCurve: "P-256:P-384" }),
  });
  await new Promise<void>((done, failed) => {
    for (const one of [served, socket]) one.on("error", failed);
    let answers = 0;
    socket.on("data", () => {
      answers += 1;
      if (answers === 2) socket.end();
      else if (options.isRenegotiated) {
        socket.renegotiate({ rejectUnauthorized: false }, (error) =>
          error ? failed(error) : socket.write("second"),
        );
      } else socket.write("second");
    });
    served.once("end", () => setImmediate(done));
    socket.once("secureConnect", () => socket.write("first"));
  });
  served.destroy();
  return flights;
}

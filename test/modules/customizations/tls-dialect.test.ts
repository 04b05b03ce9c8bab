import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { connect, createSecureContext, type SecureVersion, TLSSocket } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CustomizationGuest } from "../../../modules/mod.ts";
import { flowOf, runCustomization, StreamThrough } from "../run-customization.ts";

const folder = mkdtempSync(join(tmpdir(), "tls-"));
const files = { key: join(folder, "key"), cert: join(folder, "cert") };
execFileSync(
  "openssl",
  [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test".split(" "),
    ...["-keyout", files.key, "-out", files.cert],
  ],
  { stdio: "ignore" },
);
const [key, cert] = [readFileSync(files.key), readFileSync(files.cert)];
rmSync(folder, { recursive: true });

/** A connection's two ends in memory; each direction goes through `between`, cut into pieces of `cut` bytes. */
function pair(
  between: { there(bytes: Buffer): Buffer; back(bytes: Buffer): Buffer },
  cut: number,
): [Duplex, Duplex] {
  const make = (work: (bytes: Buffer) => Buffer, other: () => Duplex) =>
    new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        for (let at = 0; at < chunk.length; at += cut) {
          const out = work(chunk.subarray(at, at + cut));
          if (out.length > 0) other().push(Buffer.from(out));
        }
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const client: Duplex = make(between.there, () => server);
  const server: Duplex = make(between.back, () => client);
  return [client, server];
}

function through(stream: StreamThrough, bytes: Buffer, cut: number): Buffer {
  const left: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += cut) left.push(stream.push(bytes.subarray(at, at + cut)));
  return Buffer.concat(left);
}

interface Spoken {
  wire: { there: Buffer; back: Buffer };
  got: { server: string; client: string };
  reports: Record<"client" | "server", Record<string, number>>;
}

/** A TLS connection with an upload and a download of several megabytes through a dialect at both ends. */
async function speak(
  version: SecureVersion,
  options: {
    replies?: boolean;
    cut?: number;
    isMutual?: boolean;
    client?: CustomizationGuest;
    short?: boolean;
  } = {},
): Promise<Spoken> {
  const { replies = true, cut = 100_000, isMutual = false, short = false } = options;
  const [up, down] = short ? [upload.subarray(0, 2000), download.subarray(0, 2000)] : [upload, download];
  const config = { replies };
  const client = options.client ?? runCustomization("tls-dialect", { config });
  const server = runCustomization("tls-dialect", { role: "receiver", config });
  const [near, far] = [flowOf("TCP"), flowOf("TCP", "receiver")];
  const streams = {
    out: new StreamThrough([client], "send", near),
    in: new StreamThrough([client], "receive", near),
    serverIn: new StreamThrough([server], "receive", far),
    serverOut: new StreamThrough([server], "send", far),
  };
  const wire = { there: [] as Buffer[], back: [] as Buffer[] };
  const kept = (list: Buffer[], bytes: Buffer): Buffer => {
    list.push(bytes);
    return bytes;
  };
  const [left, right] = pair(
    {
      there: (bytes) => through(streams.serverIn, kept(wire.there, streams.out.push(bytes)), cut),
      back: (bytes) => through(streams.in, kept(wire.back, streams.serverOut.push(bytes)), cut),
    },
    cut,
  );
  const versions = { minVersion: version, maxVersion: version };
  const served = new TLSSocket(right, {
    isServer: true,
    secureContext: createSecureContext({ key, cert, ca: cert, ...versions }),
    ...{ requestCert: isMutual, rejectUnauthorized: false },
  });
  const socket = connect({
    socket: left,
    rejectUnauthorized: false,
    ...versions,
    ...(isMutual && { key, cert }),
  });
  const hashes = { server: createHash("sha256"), client: createHash("sha256") };
  let expected = up.length;
  served.on("data", (bytes: Buffer) => {
    hashes.server.update(bytes);
    expected -= bytes.length;
    if (expected === 0) served.end(down);
  });
  socket.on("data", (bytes: Buffer) => hashes.client.update(bytes));
  await new Promise<void>((done, failed) => {
    for (const end of [served, socket]) end.on("error", failed);
    socket.once("end", done);
    socket.once("secureConnect", () => {
      socket.write(up.subarray(0, 100));
      setImmediate(() => socket.write(up.subarray(100)));
    });
  });
  for (const end of [socket, served]) end.destroy();
  return {
    wire: { there: Buffer.concat(wire.there), back: Buffer.concat(wire.back) },
    got: { server: hashes.server.digest("hex"), client: hashes.client.digest("hex") },
    reports: {
      client: client.stateReport() as Record<string, number>,
      server: server.stateReport() as Record<string, number>,
    },
  };
}

const upload = randomBytes(200_000);
const download = randomBytes(1_000_000);
const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Types of records as they are on the wire, with a "+" for those that carry a tag. */
function recordsOf(wire: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 5 <= wire.length; at += 5 + wire.readUInt16BE(at + 3)) {
    found.push(`${wire[at]}${wire.toString("latin1", at + 5, at + 9) === "\xf5NL4" ? "+" : ""}`);
  }
  return found;
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const)
  for (const isMutual of [false, true]) {
    test(`${version}${isMutual ? " with a client's certificate" : ""}: the handshake is untouched, then every record speaks the dialect`, async () => {
      const { wire, got, reports } = await speak(version, { isMutual });
      assert.equal(got, { server: hash(upload), client: hash(download) });
      const there = recordsOf(wire.there);
      const back = recordsOf(wire.back);
      const first = there.indexOf("23+");
      assert.ok(first > 0, "the client's data is tagged");
      assert.ok(
        there.slice(first).every((one) => one !== "23"),
        "all of it from there on",
      );
      // In TLS 1.3 the client's Finished looks like data, and so do its certificate and what proves it.
      const untagged = { "TLSv1.2": 0, "TLSv1.3": isMutual ? 3 : 1 }[version];
      assert.is(there.slice(0, first).filter((one) => one === "23").length, untagged);
      assert.ok(back.filter((one) => one === "23+").length >= 60);
      assert.is(reports.client.records_out, reports.server.records_in);
      assert.is(reports.server.records_out, reports.client.records_in);
    });
  }

test("records cut to single bytes come out whole", async () => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    for (const cut of [1, 4, 36, 1000]) {
      const { got } = await speak(version, { cut, short: true });
      const sent = { server: hash(upload.subarray(0, 2000)), client: hash(download.subarray(0, 2000)) };
      assert.equal(got, sent, `${version} ${cut}`);
    }
});

test("without replies only the sender's end speaks it", async () => {
  const { wire } = await speak("TLSv1.3", { replies: false });
  assert.ok(recordsOf(wire.there).includes("23+"));
  assert.not.ok(recordsOf(wire.back).includes("23+"));
});

test("plain TLS, and what is no TLS, pass a receiver at once but for a header that is cut short", async () => {
  const { wire } = await speak("TLSv1.3", { client: runCustomization("monitor") });
  const out = new StreamThrough(
    [runCustomization("tls-dialect", { role: "receiver" })],
    "receive",
    flowOf("TCP", "receiver"),
  );
  let waits = 0;
  let got = 0;
  for (let at = 0; at < wire.there.length; at += 1448) {
    const segment = wire.there.subarray(at, at + 1448);
    got += out.push(segment).length;
    if (out.waiting > 0) waits++;
    assert.ok(out.waiting < 37);
  }
  assert.is(got, wire.there.length);
  assert.ok(waits < 3, `${waits}`);
  const text = Buffer.from("GET / HTTP/1.1\r\n\r\n");
  assert.equal(new StreamThrough(out.guests, "receive", flowOf("TCP")).push(text), text);
  const sender = new StreamThrough([runCustomization("tls-dialect")], "send", flowOf("TCP"));
  assert.equal(sender.push(text), text);
});

test("a receiver that is attached in the middle of a record finds the dialect", async () => {
  const { wire } = await speak("TLSv1.3", { replies: false });
  const first = wire.there.indexOf("\xf5NL4", 0, "latin1") - 5;
  const late = new StreamThrough(
    [runCustomization("tls-dialect", { role: "receiver" })],
    "receive",
    flowOf("TCP", "receiver"),
  );
  const plainEnd = wire.there.subarray(first - 20, first);
  const got: Buffer[] = [];
  for (let at = first - 20; at < wire.there.length; at += 777)
    got.push(late.push(wire.there.subarray(at, at + 777)));
  const records = recordsOf(wire.there.subarray(first)).length;
  const all = Buffer.concat([...got, late.end()]);
  assert.is(all.length, 20 + wire.there.length - first - 32 * records);
  assert.equal(all.subarray(0, 20), plainEnd);
  assert.not.ok(all.includes("\xf5NL4\x06", 0, "latin1"));
});

test.run();

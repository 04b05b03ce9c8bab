import { randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowOf, runCustomization, StreamThrough } from "../run-customization.ts";
import { type Flight, type FlightOptions, recordFlights } from "./tls-flights.ts";

const kinds: Record<string, FlightOptions> = {
  "TLS 1.2": { version: "TLSv1.2" },
  "TLS 1.2 with a client's certificate": { version: "TLSv1.2", isMutual: true },
  "TLS 1.2 with a renegotiation": { version: "TLSv1.2", isRenegotiated: true },
  "TLS 1.2 with ChaCha20": { version: "TLSv1.2", cipher: "ECDHE-ECDSA-CHACHA20-POLY1305" },
  "TLS 1.3": { version: "TLSv1.3" },
  "TLS 1.3 with a client's certificate": { version: "TLSv1.3", isMutual: true },
  "TLS 1.3 with a HelloRetryRequest": { version: "TLSv1.3", isRetried: true },
  "TLS 1.3 with SHA-256": { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" },
};
const randomCuttings = 300;

const config = { replies: true };
const guests = {
  client: runCustomization("tls-dialect", { config }),
  server: runCustomization("tls-dialect", { role: "receiver", config }),
};

/** Where to cut what is sent, and what is on the wire, of a flight. */
type Cut = (flight: number, length: number, where: "sent" | "wire") => number[];

function* pieces(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < bytes.length), bytes.length]) {
    if (to > from) yield bytes.subarray(from, to);
    from = to;
  }
}

/** The whole conversation through both ends, cut; answers what each flight was on the wire. */
function converse(flights: readonly Flight[], cut: Cut): Buffer[] {
  const near = flowOf("TCP");
  const far = flowOf("TCP", "receiver");
  const ways = {
    client: [
      new StreamThrough([guests.client], "send", near),
      new StreamThrough([guests.server], "receive", far),
    ],
    server: [
      new StreamThrough([guests.server], "send", far),
      new StreamThrough([guests.client], "receive", near),
    ],
  } as const;
  const wires = flights.map(({ from, bytes }, index) => {
    const [out, into] = ways[from];
    const wire: Buffer[] = [];
    const got: Buffer[] = [];
    for (const piece of pieces(bytes, cut(index, bytes.length, "sent"))) {
      const sent = out.push(piece);
      wire.push(sent);
      for (const part of pieces(sent, cut(index, sent.length, "wire"))) got.push(into.push(part));
    }
    if (!Buffer.concat(got).equals(bytes)) throw new Error(`flight ${index} did not come out as it was`);
    return Buffer.concat(wire);
  });
  guests.client.closeFlow(near);
  guests.server.closeFlow(far);
  return wires;
}

interface TlsRecord {
  type: number;
  isTagged: boolean;
}

function recordsOf(wire: Buffer): TlsRecord[] {
  const found: TlsRecord[] = [];
  for (let at = 0; at + 5 <= wire.length; at += 5 + wire.readUInt16BE(at + 3)) {
    found.push({ type: wire.readUInt8(at), isTagged: wire.toString("latin1", at + 5, at + 9) === "\xf5NL4" });
  }
  return found;
}

/**
 * From the client's first words on every record of data is in the dialect, and none before: in TLS 1.3 the client's Finished looks
 * like data, and so do its certificate and what proves it.
 */
function assertDialect(options: FlightOptions, flights: readonly Flight[], wires: readonly Buffer[]): void {
  let inHandshake = options.version === "TLSv1.2" ? 0 : options.isMutual ? 3 : 1;
  let hasTalked = false;
  let tagged = 0;
  for (const [index, wire] of wires.entries())
    for (const { type, isTagged } of recordsOf(wire)) {
      if (type === 23 && flights[index]?.from === "client") hasTalked = inHandshake-- <= 0;
      if (isTagged !== (hasTalked && type === 23)) throw new Error(`flight ${index}: ${type} ${isTagged}`);
      if (isTagged) tagged += 1;
    }
  if (tagged < 4) throw new Error(`${tagged} records in the dialect`);
}

function check(options: FlightOptions, flights: readonly Flight[], cut: Cut, what: string): void {
  try {
    assertDialect(options, flights, converse(flights, cut));
  } catch (error) {
    throw new Error(`${what}: ${error}`);
  }
}

const plainFlights = await recordFlights({ version: "TLSv1.2" });

/** A conversation in TLS 1.2 in which what follows each change of ciphers begins so. */
function finishedBeginsWith(first: number): Flight[] {
  return plainFlights.map(({ from, bytes }) => {
    const changed = Buffer.from(bytes);
    const at = changed.indexOf("140303000101160303", 0, "hex");
    if (at >= 0) changed.writeUInt8(first, at + 11);
    return { from, bytes: changed };
  });
}

for (const [name, options] of Object.entries(kinds)) {
  test(`${name}: wherever a flight is cut in two, sent or on the wire, both ends speak the dialect from the first data on`, async () => {
    const flights = await recordFlights(options);
    check(options, flights, () => [], "uncut");
    for (const [index, { bytes }] of flights.entries())
      for (let at = 1; at < bytes.length + 64; at += 1) {
        check(options, flights, (flight) => (flight === index ? [at] : []), `flight ${index} at ${at}`);
        const isSent = at < bytes.length;
        if (isSent)
          check(
            options,
            flights,
            (flight, _, where) => (flight === index && where === "wire" ? [at] : []),
            `wire ${index} at ${at}`,
          );
      }
  });

  test(`${name}: in single bytes and in random pieces both ends speak the dialect from the first data on`, async () => {
    const flights = await recordFlights(options);
    check(options, flights, (_, length) => Array.from({ length }, (__, at) => at), "single bytes");
    for (let count = 0; count < randomCuttings; count += 1) {
      const seed = randomBytes(64);
      let drawn = 0;
      const cut: Cut = (_, length) =>
        Array.from(
          { length: seed.readUInt8(drawn++ % 64) % 12 },
          () => seed.readUInt16BE(drawn++ % 63) % (length + 1),
        ).sort((one, other) => one - other);
      check(options, flights, cut, `seed ${seed.toString("hex")}`);
    }
  });
}

test("an encrypted Finished of TLS 1.2 may begin with any byte", () => {
  const options = { version: "TLSv1.2" } as const;
  for (let first = 0; first < 256; first += 1) {
    const flights = finishedBeginsWith(first);
    check(options, flights, () => [], `first byte ${first}`);
    check(
      options,
      flights,
      (_, length) => Array.from({ length }, (__, at) => at),
      `first byte ${first}, singly`,
    );
  }
});

test("what is no TLS passes in whatever pieces, and what begins like it", () => {
  for (const begin of [
    "",
    "\x17",
    "\x17\x03",
    "\x17\x03\x03\x00",
    "\x16\x03\x01\x00\x02ab",
    "\x17\x03\x03\x00\x28",
    "GET / ",
  ])
    for (let at = 1; at < 60; at += 1) {
      const bytes = Buffer.concat([Buffer.from(begin, "latin1"), randomBytes(60)]);
      const [near, far] = [flowOf("TCP"), flowOf("TCP", "receiver")];
      const out = new StreamThrough([guests.client], "send", near);
      const into = new StreamThrough([guests.server], "receive", far);
      const wire = [...pieces(bytes, [at])].map((piece) => out.push(piece));
      wire.push(out.end());
      const got = wire.map((piece) => into.push(piece));
      assert.equal(Buffer.concat([...got, into.end()]), bytes);
      guests.client.closeFlow(near);
      guests.server.closeFlow(far);
    }
});

test.run();

import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flowFlags, standardModuleNames } from "../../../modules/mod.ts";
import { dissect } from "../dissect.ts";
import { tcp, tcpFlags, udp } from "../packets.ts";
import { datagram, flowOf, runCustomization, StreamThrough } from "../run-customization.ts";
import { dnsQuery } from "./dns-query.ts";

const folder = resolve(import.meta.dirname, "../../../../modules/customizations/wireshark");
const plugins = readdirSync(folder).sort();
/** All of them at once, as on a middlebox while a rotation goes on. */
const scripts = plugins.map((file) => resolve(folder, file));
const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const query = dnsQuery("www.test.com");
const shown = (packets: Uint8Array[], fields: string[]) => dissect(packets, fields, "network", scripts);

test("every plug-in is named after the module that it undoes", () => {
  for (const file of plugins) assert.ok(standardModuleNames().includes(file.replace(/\.lua$/, "")), file);
  assert.ok(plugins.length >= 7);
});

for (const place of ["front", "middle", "end"]) {
  test(`a query with a tag (${place}) shows both, also beside plain and other messages`, () => {
    const sender = runCustomization(`dns-tag-${place}`, { config: { tag: "Xdig" } });
    const tagged = datagram(sender, "send", query) as Buffer;
    const packets = [tagged, query, dnsQuery("a.b", { flags: 0x8180, id: 7 })].map((payload) =>
      udp(v4, [40_000, 53], payload),
    );
    assert.equal(shown(packets, [`netloom_dns_${place}.tag`, "dns.id", "dns.qry.name", "_ws.col.Protocol"]), [
      ["Xdig", "0x1234", "www.test.com", "DNS Xdig"],
      ["", "0x1234", "www.test.com", "DNS"],
      ["", "0x0007", "a.b", "DNS"],
    ]);
  });
}

test("a compressed query shows the whole one", () => {
  const sender = runCustomization("dns-compress");
  const small = [query, dnsQuery("mail.test.com", { type: 15, edns: false })].map((one) =>
    udp(v4, [40_000, 53], datagram(sender, "send", one) as Buffer),
  );
  assert.equal(shown(small, ["netloom_dns_compress.saved", "dns.id", "dns.qry.name", "dns.qry.type"]), [
    [`${query.length - 12 - 19}`, "0x1234", "www.test.com", "1"],
    ["9", "0x1234", "mail.test.com", "15"],
  ]);
});

test("a datagram and a stream show whose they are, and what they would without", () => {
  const tagged = datagram(runCustomization("app-tag", { config: { label: "web" } }), "send", query) as Buffer;
  const stream = new StreamThrough([runCustomization("app-tag")], "send", flowOf("TCP"));
  const request = stream.push(Buffer.from("GET /page HTTP/1.1\r\nHost: nas\r\n\r\n"));
  const packets = [
    udp(v4, [40_000, 53], tagged),
    udp(v4, [40_000, 9999], tagged),
    tcp(v4, { ports: [40_000, 8080], flags: tcpFlags.ack | tcpFlags.psh, sequence: 1, data: request }),
  ];
  const fields = ["group", "task", "label", "process"].map((name) => `netloom_app.${name}`);
  assert.equal(shown(packets, [...fields, "dns.qry.name", "http.request.uri"]), [
    ["dig", "isc-net-0000", "web", "4242", "www.test.com", ""],
    ["dig", "isc-net-0000", "web", "4242", "", ""],
    ["dig", "isc-net-0000", "", "4242", "", "/page"],
  ]);
});

/** A stream's bytes in segments of this size. */
function segments(port: number, bytes: Buffer, size: number): Buffer[] {
  const made = [tcp(v4, { ports: [40_000, port], flags: tcpFlags.syn, sequence: 99 })];
  for (let at = 0; at < bytes.length; at += size) {
    const data = bytes.subarray(at, at + size);
    made.push(tcp(v4, { ports: [40_000, port], flags: tcpFlags.ack, sequence: 100 + at, data }));
  }
  return made;
}

test("a tagged stream shows its tags, and the request in it", () => {
  const stream = new StreamThrough(
    [runCustomization("stream-tag", { config: { every: 40, tag: "Xget" } })],
    "send",
    flowOf("TCP"),
  );
  const wire = stream.push(Buffer.from("GET /page HTTP/1.1\r\nHost: nas\r\nAccept: */*\r\n\r\n"));
  const rows = shown(segments(8080, wire, 50), ["netloom_stream.tag", "netloom_stream.length"]);
  assert.equal(
    rows.flatMap(([tags, lengths]) => (tags === "" ? [] : [`${tags} ${lengths}`])).join(" "),
    "Xget 40 Xget 6",
  );
  const whole = shown(segments(8080, wire, 500), ["netloom_stream.tag", "http.request.uri", "http.host"]);
  assert.equal(whole[1], ["Xget,Xget", "/page", "nas"]);
  assert.equal(shown(segments(9999, wire, 500), ["netloom_stream.tag"])[1], ["Xget,Xget"]);
  const plain = Buffer.from("GET /plain HTTP/1.1\r\nHost: nas\r\n\r\n");
  assert.equal(shown(segments(8080, plain, 500), ["netloom_stream.tag", "http.request.uri"])[1], [
    "",
    "/plain",
  ]);
});

test("records in the dialect show their tags, and are records of TLS without them", () => {
  const record = (length: number) =>
    Buffer.concat([Buffer.of(23, 3, 3, length >> 8, length & 255), Buffer.alloc(length, 7)]);
  const flow = flowOf("TCP");
  flow.flags = flowFlags.attachedLate;
  const stream = new StreamThrough(
    [runCustomization("tls-dialect", { config: { tag: "Xtls" } })],
    "send",
    flow,
  );
  const wire = Buffer.concat([stream.push(record(100)), record(50), stream.push(record(300))]);
  const rows = shown(segments(443, wire, 90), ["netloom_tls.tag", "tls.record.length"]);
  assert.equal(
    rows.flatMap(([tags = "", lengths = ""]) => [tags, lengths].filter((one) => one !== "")),
    ["Xtls", "100", "50", "Xtls", "300"],
  );
});

test.run();

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseServiceFile, readAvahi } from "../../../cli/host/avahi-services.ts";

const folder = mkdtempSync(join(tmpdir(), "netloom-avahi-"));
test.after(() => rmSync(folder, { recursive: true }));

const web = `<?xml version="1.0" standalone='no'?><!--*-nxml-*-->
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<!-- <service><type>_old._tcp</type><port>1</port></service> -->
<service-group>
  <name replace-wildcards="yes">Files &amp; more on %h</name>
  <service protocol="ipv4">
    <type>_http._tcp</type>
    <subtype>_printer._sub._http._tcp</subtype>
    <port>80</port>
    <txt-record>path=/share</txt-record>
    <txt-record>note=&#x41;&lt;b&gt;</txt-record>
  </service>
  <service><type>_ssh._tcp</type><port>22</port></service>
  <service><type>_ipp._tcp</type><port>631</port><host-name>printer.local</host-name></service>
  <service><type>_http._tcp</type><domain-name>example.org</domain-name><port>80</port></service>
  <service><type>_smb._tcp</type><port>0</port></service>
</service-group>
`;
const name = "Files & more on nas";
const services = [
  {
    name,
    type: "_http._tcp",
    subtypes: ["_printer._sub._http._tcp"],
    port: 80,
    text: ["path=/share", "note=A<b>"],
  },
  { name, type: "_ssh._tcp", subtypes: [], port: 22, text: [] },
  { name, type: "_ipp._tcp", subtypes: [], port: 631, target: "printer.local", text: [] },
];

test("a file of services is read; what is of another domain, or only keeps a name, is left out", () => {
  assert.equal(parseServiceFile(web, "nas", "web.service"), services);
});

test("a name in which nothing is to be replaced is left as it is", () => {
  const xml = web.replace(' replace-wildcards="yes"', "");
  assert.is(parseServiceFile(xml, "nas", "web.service")[0]?.name, "Files & more on %h");
});

const wrong: [string, string, RegExp][] = [
  ["none", "<services/>", /web\.service has no service-group/],
  ["no name", web.replace(/<name.*<\/name>/, ""), /web\.service has no name/],
  ["a type that is none", web.replace("_ssh._tcp", "ssh"), /web\.service has the type "ssh"/],
  ["no port", web.replace("<port>22</port>", ""), /has a service without a port/],
  [
    "bytes",
    web.replace("<txt-record>", '<txt-record value-format="binary-hex">'),
    /a txt-record that is no text/,
  ],
];
for (const [what, xml, expected] of wrong) {
  test(`refused: ${what}`, () => assert.throws(() => parseServiceFile(xml, "nas", "web.service"), expected));
}

test("avahi's folder says what the host is called and offers; without one there is nothing to say", () => {
  assert.is(readAvahi(join(folder, "none"), "nas.example.org"), undefined);
  assert.equal(readAvahi(folder, "nas.example.org"), { name: "nas", services: [] });
  mkdirSync(join(folder, "services"));
  writeFileSync(join(folder, "services/web.service"), web);
  writeFileSync(join(folder, "services/web.service.bak"), "");
  writeFileSync(join(folder, "avahi-daemon.conf"), "[server]\n#host-name=no\nhost-name=box\n");
  const found = readAvahi(folder, "nas");
  assert.is(found?.name, "box");
  assert.equal(
    found?.services.map((service) => service.name),
    Array(3).fill("Files & more on box"),
  );
});

test.run();

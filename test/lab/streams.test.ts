import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasTun } from "../daemon/sleep/has-tun.ts";
import { folderWith, run } from "./started.ts";

const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, mac: "02:00:00:00:00:0${address.at(-1)}", addresses: [${address}/24]}]
${more}---
`;
const sleeper = `  sleep: {proxy: gw}
  lab:
    asleep: true
    run: [[node, -e, "require('http').createServer((_, r) => r.end('from nas itself')).listen(80)"]]
`;
const rule = `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: web}
spec:
  hosts: {matchNames: [nas]}
  sleepProxy: {layer: TCP, port: 80, stream: true}
  program:
    standard: http-health
    config: {paths: [{path: /healthz, body: asleep and well}], otherwise: redirect}
`;
const check = (name: string, path: string, expected: string, more: string, after = ""): string => `---
apiVersion: netloom.dev/v1alpha1
kind: Check
metadata: {name: ${name}}
spec:
${after}  host: pc
  given: {asleep: [nas]}
  run: [curl, --silent, --location, --max-time, "20", "http://10.0.0.5${path}"]
  expect: {stdout: {equals: ${expected}}, ${more}}
`;

const repository = (): string =>
  folderWith({
    "hosts.yaml": host("gw", "10.0.0.2") + host("nas", "10.0.0.5", sleeper) + host("pc", "10.0.0.9"),
    "rule.yaml": rule,
    "checks.yaml":
      check("health", "/healthz", "asleep and well", "asleep: [nas]") +
      check("page", "/page", "from nas itself", "awake: [nas]", "  after: [health]\n"),
  });

test("a health check is answered in a lab while its host sleeps, and any other request wakes the host", () => {
  // Where the rule cannot stand, nobody waits long for it.
  const patience = hasTun() ? [] : ["--timeout", "10"];
  const { code, stdout, stderr } = run("lab", "test", repository(), ...patience);
  if (hasTun()) {
    assert.is(code, 0, stdout + stderr);
    assert.is(stdout.match(/^ok \d+ - /gm)?.length, 2);
  } else {
    assert.is(code, 2, stdout + stderr);
    assert.match(stdout + stderr, /\/dev\/net\/tun/);
  }
});

test.run();

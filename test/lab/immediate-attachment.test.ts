import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabRepository } from "./lab-repository.ts";
import { Started } from "./started.ts";
import { until } from "./until.ts";

// The experiment of layer-4.5 §5.3.1: a module that drops what does not carry a tag is put on a name server that is running,
// and taken off again.

const host = (name: string, address: string, more: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  interfaces: [{name: eth0, addresses: [${address}]}]
${more}---
`;
const dnsmasq = `[dnsmasq, -d, -C, /dev/null, --no-resolv, --no-hosts, --cache-size=0, "--address=/#/10.10.0.3", "--pid-file="]`;
const hosts =
  host("dns", "10.10.0.3/24", `  lab: {run: [${dnsmasq}]}\n`) +
  host("h1", "10.10.0.1/24", "") +
  host("h2", "10.10.0.2/24", "  daemon: false\n");

const receiver = `    - {role: receiver, hosts: {matchNames: [dns]}, tap: {protocol: UDP, application: {task: dnsmasq, group: dnsmasq}, local: {address: 10.10.0.3, port: 53}}}
`;
const sender = `    - {role: sender, hosts: {matchNames: [h1]}, tap: {protocol: UDP, application: {group: dig}, remote: {address: 10.10.0.3, port: 53}}}
`;
const customization = (ends: string, attach = "immediate"): string => `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tagged-only}
spec:
  module: {standard: require-tag}
  attach: ${attach}
  monitor: {interval: 1s}
  ends:
${ends}`;

let repository: LabRepository;
test.before(async () => {
  repository = await LabRepository.start({ "hosts.yaml": hosts });
});
test.after(() => Started.killAll());

const isAnswered = (from: string): boolean =>
  repository.runOn(from, "dig", "@10.10.0.3", "+short", "+tries=1", "+timeout=1", "www.test.com").trim() ===
  "10.10.0.3";

const server = (): string => spawnSync("pgrep", ["-x", "dnsmasq"], { encoding: "utf8" }).stdout;

test("what is not customized is dropped on a server that was there before, from one commit to another", async () => {
  await until("the server is there", () => isAnswered("h2"));
  assert.ok(isAnswered("h1"));
  const before = server();
  repository.commit("Let only what is tagged in, from the next server on", {
    "tagged.yaml": customization(receiver, "new"),
  });
  await until("it is installed", () => {
    const [unit] = repository.unitsOf("customization/tagged-only", ["receiver"]);
    return unit?.state === "ready" && unit.counters;
  });
  assert.ok(isAnswered("h2"));
  repository.commit("Let only what is tagged in", { "tagged.yaml": customization(receiver) });
  await until("it is not answered any more", () => !isAnswered("h2"));
  assert.not(isAnswered("h1"));
  repository.commit("Tag what dig on h1 sends", { "tagged.yaml": customization(receiver + sender) });
  await until("what is tagged is answered", () => isAnswered("h1"));
  assert.not(isAnswered("h2"));
  await until("it is told what was dropped, and whose", () => {
    const [server, client] = repository.unitsOf("customization/tagged-only", ["receiver", "sender"]);
    return (
      server?.counters?.flows === 1 &&
      Number(server.counters.dropped_total) >= 2 &&
      Number(server.counters.customized_total) >= 1 &&
      ["10.10.0.1", "10.10.0.2"].every((address) => server.met?.remoteAddress?.includes(address)) &&
      Number(client?.counters?.customized_total) >= 1
    );
  });
  repository.commit("Let everything in", { "tagged.yaml": undefined });
  await until("all are answered again", () => isAnswered("h2") && isAnswered("h1"));
  assert.is(server(), before);
});

test.run();

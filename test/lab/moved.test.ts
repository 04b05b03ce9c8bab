import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabRepository } from "./lab-repository.ts";
import { run, Started } from "./started.ts";
import { until } from "./until.ts";

const host = (name: string, last: number, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name.startsWith("gw")}
  interfaces: [{name: eth0, mac: "02:00:00:00:00:0${last}", addresses: [10.0.0.${last}/24]}]
${more}---
`;
const hosts = (proxy: string): string =>
  host("gw-1", 1) +
  host("gw-2", 2) +
  host("nas", 5, `  sleep: {proxy: ${proxy}}\n  lab: {asleep: true}\n`) +
  host("pc", 9);
const ping = `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ping}
spec:
  hosts: {matchNames: [nas]}
  sleepProxy: {layer: ICMP}
  program: {standard: icmp-echo}
`;

test.after(() => Started.killAll());

test("a host that is moved to another proxy while it sleeps is woken, and sleeps from then on behind the new one", async () => {
  const repository = await LabRepository.start({ "hosts.yaml": hosts("gw-1"), "ping.yaml": ping });
  const answeredBy = (): string => {
    repository.runOn("pc", "ip", "neigh", "flush", "dev", "eth0");
    const out = repository.runOn("pc", "ping", "-c1", "-W2", "10.0.0.5");
    if (!out.includes(" 1 received")) return "nobody";
    return repository.runOn("pc", "ip", "neigh", "show", "10.0.0.5").match(/lladdr (\S+)/)?.[1] ?? "?";
  };
  await until("its proxy answers", () => answeredBy() === "02:00:00:00:00:01");
  repository.commit("Move", { "hosts.yaml": hosts("gw-2") });
  await until("the host itself answers", () => answeredBy() === "02:00:00:00:00:05");
  await until("it may sleep again", () => run("lab", "sleep", "nas").code === 0);
  assert.is(answeredBy(), "02:00:00:00:00:02");
});

test.run();

import { execFileSync, spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findLab, pathInLab, runFolder } from "../../lab/mod.ts";
import { folderWith, run, Started } from "./started.ts";
import { until } from "./until.ts";

const nas = "10.0.0.5";
const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, mac: "02:00:00:00:00:0${address.split(/[./]/)[3]}", addresses: [${address}]}]
${more}---
`;
const ping = (allow: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ping}
spec:
  hosts: {matchNames: [nas]}
  sleepProxy: {layer: ICMP}
  program: {standard: icmp-echo, config: {allow: [${allow}]}}
`;
const everybody = ping("0.0.0.0/0");
const nobody = ping("192.0.2.1/32");

const repository = folderWith({
  "hosts.yaml":
    host("gw", "10.0.0.1/24") +
    host("nas", `${nas}/24`, "  sleep: {proxy: gw}\n  lab: {asleep: true}\n") +
    host("pc", "10.0.0.9/24"),
});

const git = (...words: string[]): string =>
  execFileSync("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

function commit(message: string, rule: string, ...options: string[]): void {
  writeFileSync(`${repository}/ping.yaml`, rule);
  git("add", "--all");
  git("commit", "--quiet", "--message", message, ...options);
}

let lab: Started;
let netns: string;
let server: string;
test.before(async () => {
  git("init", "--quiet", "--initial-branch=main");
  commit("Answer everybody", everybody);
  lab = new Started(["lab", `${repository}#main`]);
  await lab.says("  converged");
  netns = pathInLab(findLab(), "/run/netns/pc");
  server = pathInLab(findLab(), runFolder.api);
});
test.after(() => Started.killAll());

const pings = (): boolean =>
  spawnSync("nsenter", [`--net=${netns}`, "ping", "-q", "-c1", "-W0.3", nas]).status === 0;

test("a commit that is invalid is told, and changes nothing", async () => {
  assert.ok(pings());
  commit("Break it", everybody.replace("standard: icmp-echo", "standard: icmp-ecko"));
  await lab.says(/Rule\/default\/ping not ready: .*icmp-ecko/);
  assert.ok(pings());
  commit("Break all of it", ": : not even YAML\n\t");
  await until("the third revision is read", () => lab.output.match(/ revision \w+/g)?.length === 3);
  assert.ok(pings());
});

test("the next commit that is good takes effect", async () => {
  commit("Answer nobody", nobody);
  await until("nobody is answered", () => !pings() && !pings());
});

test("so does history that was written anew", async () => {
  commit("Answer everybody after all", everybody, "--amend");
  git("reset", "--quiet", "--hard", "HEAD~1");
  commit("Answer everybody, from an older commit on", everybody);
  await until("everybody is answered", pings);
});

test("a repository that vanishes changes nothing, and one that comes back goes on", async () => {
  renameSync(repository, `${repository}.away`);
  // Looks at the source at once, and returns when it has.
  run("reconcile", "--server", server);
  assert.ok(pings());
  renameSync(`${repository}.away`, repository);
  commit("Answer nobody", nobody);
  await until("nobody is answered", () => {
    if (!pings() && !pings()) return true;
    run("reconcile", "--server", server);
    return false;
  });
});

test.run();

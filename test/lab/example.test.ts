import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { findLab, pathInLab } from "../../lab/mod.ts";
import { folderWith, run, Started } from "./started.ts";
import { until } from "./until.ts";

const example = fileURLToPath(new URL("../../../examples/quickstart", import.meta.url));

test.after(() => Started.killAll());

const exec = (host: string, ...words: string[]) => run("lab", "exec", host, "--", ...words);

test("the example is valid, and passes its own checks on either bus", () => {
  assert.is(run("validate", example).code, 0);
  for (const bus of [[], ["--nats"]]) {
    const { code, stdout, stderr } = run("lab", "test", example, ...bus);
    assert.is(code, 0, stdout + stderr);
    assert.is(stdout.match(/^ok \d - /gm)?.length, 4);
  }
});

test("a check that fails, and a fleet that does not converge, fail the run in ways that differ", () => {
  const hosts = spawnSync("cat", [`${example}/hosts.yaml`], { encoding: "utf8" }).stdout;
  const check = `---
apiVersion: netloom.dev/v1alpha1
kind: Check
metadata: {name: wrong}
spec: {host: client, run: ["false"]}
`;
  const failed = run("lab", "test", folderWith({ "all.yaml": hosts + check }), "-o", "junit");
  assert.is(failed.code, 1, failed.stderr);
  assert.match(failed.stdout, '<failure message="exit code is 1; it should be 0"');
  const tunnel = `---
apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: no-engine-yet}
spec:
  module: {standard: no-such-module}
  ends: [{role: sender, hosts: {matchNames: [gw-1]}, tap: {protocol: UDP, remote: {port: 53}}}]
`;
  const stuck = run("lab", "test", folderWith({ "all.yaml": hosts + tunnel }), "--timeout", "3");
  assert.is(stuck.code, 2, stuck.stdout);
  assert.match(stuck.stderr, "Cannot check a fleet that has not converged after 3000 ms: waiting for ");
});

test("other people's tools see in the lab what the rules say", async () => {
  const lab = new Started(["lab", example]);
  await lab.says("  converged");
  const { pid, ...found } = findLab();
  // hping3 writes what it received to standard error.
  const icmp = exec("client", "hping3", "--icmp", "--count", "20", "--fast", "10.0.0.5");
  assert.match(icmp.stderr, "20 packets transmitted, 20 packets received, 0% packet loss");
  // The watcher's port of the switch sees what the switch sends to the host that sleeps.
  const netns = pathInLab({ pid, ...found }, "/run/netns/_switch");
  const words = ["-i", "lan0-watch", "-l", "-Y", "wol", "-T", "fields", "-e", "eth.type", "-e", "wol.mac"];
  const tshark = spawn("nsenter", [`--net=${netns}`, "tshark", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [dissected, said] = ["", ""];
  tshark.stdout.on("data", (chunk) => (dissected += chunk));
  tshark.stderr.on("data", (chunk) => (said += chunk));
  await until("tshark listens", () => said.includes("Capturing on"));
  exec("client", "hping3", "--syn", "--destport", "80", "--count", "1", "10.0.0.5");
  await lab.says("default/nas woke by a magic packet");
  await until("tshark has dissected the magic packet", () => /^0x0842\t02:00:00:00:00:05/.test(dissected));
  tshark.kill();
  // A SYN to a port that no rule knows leaves it asleep, and so does a bare ACK to one that does.
  assert.is(run("lab", "sleep", "nas").code, 0);
  exec("client", "hping3", "--syn", "--destport", "81", "--count", "1", "10.0.0.5");
  exec("client", "hping3", "--ack", "--destport", "80", "--count", "1", "10.0.0.5");
  assert.match(run("lab", "list").stdout, "default/nas  asleep");
  assert.is(run("lab", "wake", "nas").code, 0);
  assert.match(run("lab", "list").stdout, "default/nas  awake");
  assert.is(exec("client", "ping", "-c1", "-W2", "10.0.0.5").code, 0);
  lab.process.kill("SIGTERM");
  assert.is(await lab.exit, 0, lab.output);
});

test.run();

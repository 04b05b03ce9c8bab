import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildNetwork, planTopology } from "../../lab/mod.ts";
import { stripTag } from "../middlebox/strip-tag.ts";
import { folderWith, netloom, run, runWith, Started } from "./started.ts";
import { until } from "./until.ts";

const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, mac: "02:00:00:00:00:0${name.length}", addresses: [${address}]}]
${more}---
`;
const repository = folderWith({
  "hosts.yaml": host("gw", "10.0.0.1/24") + host("nas", "10.0.0.5/24", "  sleep: {proxy: gw}\n"),
  "rules.yaml": `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ping}
spec:
  hosts: {matchNames: [nas]}
  sleepProxy: {layer: ICMP}
  program: {standard: icmp-echo}
`,
});
const customized = folderWith({
  "hosts.yaml": host("gw", "10.0.0.1/24"),
  "tag.yaml": `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {wasm: tag.wasm}
  ends:
    - {role: sender, hosts: {matchNames: [gw]}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [gw]}, tap: {protocol: UDP, local: {port: 53}}}
  inverse: [{middlebox: wireshark, hosts: {matchNames: [gw]}, standard: dns-tag-front}]
`,
  "tag.wasm": stripTag(),
});
const state = folderWith({});
const socket = `${folderWith({})}/control.sock`;

test.before(() =>
  buildNetwork(
    planTopology([
      {
        id: "default/gw",
        interfaces: [{ name: "eth0", addresses: ["10.0.0.1/24"], link: {} }],
        router: false,
      },
    ]),
  ),
);
test.after(() => Started.killAll());

const up = (...words: string[]): Started =>
  new Started(["up", repository, "--state-dir", state, "--socket", socket, ...words], {}, "gw");

test("up brings one machine to what a repository says, and leaves it as it was", async () => {
  const running = up("--host", "gw");
  await until("the rule is ready", () => {
    const { stdout } = run("get", "rules", "--server", socket, "-o", "json");
    return stdout.includes("Converged");
  });
  running.process.kill("SIGTERM");
  assert.is(await running.exit, 0, running.output);
});

test("a middlebox on the machine is told what a message says that it cannot read", async () => {
  const running = new Started(
    ["up", customized, "--host", "gw", "--state-dir", folderWith({}), "--socket", socket],
    {},
    "gw",
  );
  const words = [
    "--server",
    socket,
    "--host",
    "gw",
    "--flow",
    "UDP 10.0.0.1:4000 > 10.0.0.1:53",
    "-o",
    "raw",
  ];
  await until("the ends are there, and the message is read", () => {
    const { code, stdout } = runWith("Xtagtag:question", "inverse", ...words);
    return code === 0 && stdout === "question";
  }).catch((error: Error) => {
    throw new Error(`${error.message}; up said:\n${running.output}`);
  });
  running.process.kill("SIGTERM");
  assert.is(await running.exit, 0, running.output);
});

test("killed and started again, it takes up what it has without doing anything twice", async () => {
  const first = up("--host", "gw");
  await first.says('"host is there"');
  first.process.kill("SIGKILL");
  await first.exit;
  const second = up("--host", "gw", "--log-level", "debug");
  await until("the rule is ready", () => {
    const { stdout } = run("get", "rules", "--server", socket, "-o", "json");
    return stdout.includes("Converged");
  });
  assert.not.match(second.output, "install Rule/default/ping/nas");
  second.process.kill("SIGTERM");
  assert.is(await second.exit, 0, second.output);
});

test("a machine whose name is no Host's asks which Host it is", () => {
  const words = [
    "--uts",
    "sh",
    "-c",
    `python3 -c 'import socket; socket.sethostname("My_Machine")' && exec ${process.execPath} ${netloom} up ${repository} --state-dir ${state}`,
  ];
  const { status, stderr } = spawnSync("unshare", words, { encoding: "utf8", timeout: 30_000 });
  assert.is(status, 2);
  assert.match(stderr, "Cannot tell which Host this machine is");
});

test.run();

import { type ChildProcess, spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { UnitDetail } from "../../controller/mod.ts";
import { LabRepository } from "./lab-repository.ts";
import { Started } from "./started.ts";
import { until } from "./until.ts";

// The experiments of layer-4.5 §5.3.2 and §5.3.3, with datagrams: a module that is installed and does nothing is activated
// later, and one that is deprecated keeps the socket it has and takes no other.

const hosts = `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: dns}
spec:
  interfaces: [{name: eth0, addresses: [10.10.0.3/24]}]
  lab: {run: [[dnsmasq, -d, -C, /dev/null, --no-resolv, --no-hosts, --cache-size=0, "--address=/#/10.10.0.3"]]}
---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: h1}
spec:
  interfaces: [{name: eth0, addresses: [10.10.0.1/24]}]
`;

const customization = (life: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {standard: dns-tag-front}
  ${life}
  attach: immediate
  monitor: {interval: 200ms}
  ends:
    - {role: sender, hosts: {matchNames: [h1]}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [dns]}, tap: {protocol: UDP, local: {port: 53}}}
`;

/** Asks on one socket, again and again, until its input ends. */
const asking = `import select, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("10.10.0.3", 53))
while not select.select([sys.stdin], [], [], 0.1)[0]:
    s.send(b"\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\3www\\7example\\3com\\0\\0\\1\\0\\1")
`;

let repository: LabRepository;
let client: ChildProcess | undefined;
test.before(async () => {
  repository = await LabRepository.start({
    "hosts.yaml": hosts,
    "tag.yaml": customization("active: false"),
  });
});
test.after(async () => {
  client?.stdin?.end();
  await Started.killAll();
});

const isAnswered = (): boolean =>
  repository.runOn("h1", "dig", "@10.10.0.3", "+short", "+tries=1", "+timeout=1", "www.test.com").trim() ===
  "10.10.0.3";
const unit = (): UnitDetail | undefined => repository.unitsOf("customization/tag", ["sender"])[0];
const count = (name: string): number => unit()?.counters?.[name] ?? 0;

test("a module that is installed counts what it would do, and does it when a commit activates it (§5.3.2)", async () => {
  await until("a query is seen", () => isAnswered() && count("tested_total") > 0);
  assert.is(count("customized_total"), 0);
  repository.commit("Activate the tag", { "tag.yaml": customization("active: true") });
  await until("queries are tagged, and answered", () => isAnswered() && count("customized_total") > 0);
  repository.commit("Deactivate it", { "tag.yaml": customization("active: false") });
  await until("it is inactive", () => unit()?.life === "installed");
  const before = count("customized_total");
  const tested = count("tested_total");
  await until("queries are only looked at", () => isAnswered() && count("tested_total") > tested);
  assert.is(count("customized_total"), before);
});

test("a module that is deprecated keeps its socket, takes no other, and is idle when it is closed (§5.3.3)", async () => {
  repository.commit("Activate the tag", { "tag.yaml": customization("active: true") });
  await until("it is active", () => unit()?.life === "active");
  const [program, ...words] = repository.on("h1", "python3", "-c", asking);
  client = spawn(program, words, { stdio: ["pipe", "ignore", "ignore"] });
  await until("the client's socket is its own", () => count("flows") === 1);
  repository.commit("Deprecate it", { "tag.yaml": customization("deprecated: true") });
  await until("it is deprecated", () => unit()?.life === "deprecated");
  const before = count("customized_total");
  await until("the socket is still its own", () => count("customized_total") > before + 5);
  assert.not(unit()?.idle);
  assert.ok(isAnswered());
  assert.is(count("flows"), 1);
  client.stdin?.end();
  await until("it is idle", () => unit()?.idle === true);
  assert.is(count("flows"), 0);
});

test.run();

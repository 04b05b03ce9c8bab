import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { guestPrograms } from "../../../cli/validate/guest-programs.ts";
import { checkMeaning, type InspectionCache, type Problem, parseRepository } from "../../../schemas/mod.ts";
import { customizationText, ruleText, wat } from "../../modules/wat.ts";
import { memorySnapshot } from "../memory-snapshot.ts";

const examples = resolve(import.meta.dirname, "../../../../examples/kinds");
const files = Object.fromEntries(
  readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.\w+$/.test(path))
    .map((path) => [path, readFileSync(join(examples, path))]),
);

/** Changes one place in one file of the examples; the place must be there. */
type Edit = [file: string, from: string | RegExp, to: string];

async function problemsAfter(
  edits: Edit[],
  more: Record<string, string | Uint8Array> = {},
): Promise<Problem[]> {
  const contents: Record<string, string | Uint8Array> = { ...files, ...more };
  for (const [file, from, to] of edits) {
    const text = String(contents[file]);
    const edited = text.replace(from, to);
    assert.is.not(edited, text, `${file} has no ${from}`);
    contents[file] = edited;
  }
  const snapshot = memorySnapshot(contents);
  const { objects, problems } = await parseRepository(snapshot);
  assert.equal(problems, [], "only meaning is tested here");
  return checkMeaning(objects, { ...guestPrograms, files: snapshot.files });
}

const told = (problems: Problem[]): string[] =>
  problems.map(({ code, object, field }) => `${code} ${object} ${field}`);

const host = (name: string, spec: string): string =>
  `---\napiVersion: netloom.dev/v1alpha1\nkind: Host\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const tunnel = (name: string, spec: string): string =>
  `---\napiVersion: netloom.dev/v1alpha1\nkind: Tunnel\nmetadata: {name: ${name}}\nspec: {endpoints: {allow: ["10.0.0.0/8:*"]}, ${spec}}\n`;

/** What is told (code, object, field) of the examples with one thing changed. */
const table: Record<string, { edits?: Edit[]; more?: Record<string, string | Uint8Array>; told: string[] }> =
  {
    "nothing changed": { told: [] },
    "an unknown proxy": {
      edits: [["hosts.yaml", "proxy: gw-1", "proxy: gw1"]],
      told: ["meaning.unknown-object Host/default/nas spec.sleep.proxy"],
    },
    "a proxy without a daemon": {
      edits: [["hosts.yaml", "  lab:\n    router", "  daemon: false\n  lab:\n    router"]],
      told: [
        "meaning.proxy-unfit Host/default/nas spec.sleep.proxy",
        "meaning.hosts-unfit Rule/default/source-nat spec.hosts",
        "meaning.hosts-unfit MonitoringFunction/default/heavy-hitter spec.hosts",
        "meaning.hosts-unfit Tunnel/default/wan spec.hosts",
        "meaning.hosts-unfit Customization/default/dns-count spec.inverse[0].hosts",
      ],
    },
    "a proxy on another network": {
      edits: [["hosts.yaml", "proxy: gw-1", "proxy: client"]],
      told: ["meaning.proxy-unfit Host/default/nas spec.sleep.proxy"],
    },
    "a host that is its own proxy": {
      edits: [["hosts.yaml", "proxy: gw-1", "proxy: nas"]],
      told: ["meaning.proxy-unfit Host/default/nas spec.sleep.proxy"],
    },
    "a sleeper without a MAC": {
      edits: [["hosts.yaml", 'mac: "02:00:00:00:00:05", ', ""]],
      told: ["meaning.sleeper-without-mac Host/default/nas spec.interfaces[0]"],
    },
    "a sleeper without an address": {
      edits: [["hosts.yaml", 'addresses: [10.0.0.5/24, "fd00::5/64"]', "addresses: []"]],
      told: [
        "meaning.sleeper-without-address Host/default/nas spec.interfaces",
        "meaning.proxy-unfit Host/default/nas spec.sleep.proxy",
      ],
    },
    "an address that is none": {
      edits: [["hosts.yaml", "10.0.0.53/24", "10.0.0.530/24"]],
      told: ["meaning.value Host/default/dns-1 spec.interfaces[0].addresses[0]"],
    },
    "a lab interface that is none": {
      edits: [["hosts.yaml", "{name: eth1, network", "{name: eth7, network"]],
      told: ["meaning.value Host/default/gw-1 spec.lab.interfaces[0].name"],
    },
    "an address of two hosts, written in two ways": {
      more: { "x.yaml": host("x", '{interfaces: [{name: e, addresses: ["fd00:0:0::0005/64"]}]}') },
      told: [
        "meaning.duplicate-address Host/default/x spec.interfaces[0].addresses[0]",
        "meaning.duplicate-address Host/default/nas spec.interfaces[0].addresses[1]",
      ],
    },
    "an address of two hosts in two namespaces": {
      more: {
        "x.yaml": host("x", "{interfaces: [{name: e, addresses: [10.0.0.5/24]}]}").replace(
          "name: x",
          "name: x, namespace: other",
        ),
      },
      told: [],
    },
    "a MAC of two hosts": {
      more: { "x.yaml": host("x", '{interfaces: [{name: e, mac: "02:00:00:00:00:53"}]}') },
      told: [
        "meaning.duplicate-address Host/default/x spec.interfaces[0].mac",
        "meaning.duplicate-address Host/default/dns-1 spec.interfaces[0].mac",
      ],
    },
    "one name twice": {
      more: { "x.yaml": host("client", "{interfaces: [{name: e}]}") },
      told: [
        "meaning.duplicate-name Host/default/client metadata.name",
        "meaning.duplicate-name Host/default/client metadata.name",
      ],
    },
    "a label that no host has": {
      edits: [["rules.yaml", "role: storage", "role: storrage"]],
      told: ["meaning.selects-nothing Rule/default/answer-ping spec.hosts"],
    },
    "an operator without values": {
      edits: [
        [
          "rules.yaml",
          "{matchLabels: {role: storage}}",
          "{matchExpressions: [{key: role, operator: In}], matchNames: [nas]}",
        ],
      ],
      told: [
        "meaning.value Rule/default/answer-ping spec.hosts.matchExpressions[0].values",
        "meaning.selects-nothing Rule/default/answer-ping spec.hosts",
      ],
    },
    "a rule for hosts that never sleep": {
      edits: [["rules.yaml", "role: storage", "role: dns"]],
      told: ["meaning.hosts-unfit Rule/default/answer-ping spec.hosts"],
    },
    "a port where there are none": {
      edits: [["rules.yaml", "{layer: ICMP}", "{layer: ICMP, port: 7}"]],
      told: ["meaning.value Rule/default/answer-ping spec.sleepProxy.port"],
    },
    "addresses of the wrong family": {
      edits: [["rules.yaml", "{layer: ICMP}", '{layer: IPv6, addresses: [10.0.0.0/8, "fd00::/8"]}']],
      told: ["meaning.value Rule/default/answer-ping spec.sleepProxy.addresses[0]"],
    },
    "a stream of what is no whole address and port": {
      edits: [
        ["rules.yaml", "{layer: ICMP}", "{layer: UDP, stream: true, raw: true, addresses: [10.0.0.0/8]}"],
        ["rules.yaml", "standard: icmp-echo", "standard: http-health"],
      ],
      told: [
        "meaning.value Rule/default/answer-ping spec.sleepProxy.layer",
        "meaning.value Rule/default/answer-ping spec.sleepProxy.raw",
        "meaning.value Rule/default/answer-ping spec.sleepProxy.addresses[0]",
        "module.config-refused Rule/default/answer-ping spec.program.config",
      ],
    },
    "a stream without a port, and a program for packets": {
      edits: [["rules.yaml", "{layer: ICMP}", "{layer: TCP, stream: true}"]],
      told: [
        "meaning.value Rule/default/answer-ping spec.sleepProxy.port",
        "module.export-missing Rule/default/answer-ping spec.program.standard",
      ],
    },
    "a standard module that there is not": {
      edits: [["rules.yaml", "standard: icmp-echo", "standard: icmp-eco"]],
      told: ["meaning.unknown-standard Rule/default/answer-ping spec.program.standard"],
    },
    "an interval for a module without a timer": {
      edits: [["rules.yaml", "{layer: ICMP}", "{layer: ICMP, interval: 20s}"]],
      told: ["meaning.export-needed Rule/default/answer-ping spec.program.standard"],
    },
    "Lua for sleeping hosts": {
      edits: [["rules.yaml", "standard: icmp-echo", "lua: rules/nat.lua\n    function: process_packet_snat"]],
      told: ["meaning.program-unfit Rule/default/answer-ping spec.program.lua"],
    },
    "WebAssembly in netfilter": {
      edits: [
        [
          "rules.yaml",
          "{lua: rules/nat.lua, function: process_packet_snat, state: nat}",
          "{standard: icmp-echo, state: nat}",
        ],
      ],
      told: [
        "meaning.program-unfit Rule/default/source-nat spec.program.standard",
        "meaning.value Rule/default/source-nat spec.program.state",
      ],
    },
    "a hook that the table has not": {
      edits: [["rules.yaml", "table: mangle", "table: filter"]],
      told: ["meaning.value Rule/default/source-nat spec.netfilter.hook"],
    },
    "interfaces and ports that a packet cannot have": {
      edits: [["rules.yaml", "{outInterface: eth1, protocol: tcp,", "{inInterface: eth1, protocol: icmp,"]],
      told: [
        "meaning.value Rule/default/source-nat spec.netfilter.match.inInterface",
        "meaning.value Rule/default/source-nat spec.netfilter.match.destinationPort",
      ],
    },
    "limits out of bounds": {
      edits: [["rules.yaml", "{memory: 1Mi, time: 5ms}", "{memory: 2Gi, time: 2m}"]],
      told: [
        "meaning.value Rule/default/answer-ping spec.limits.memory",
        "meaning.value Rule/default/answer-ping spec.limits.time",
      ],
    },
    "a module that begins with more memory than it may have": {
      more: { "big.wasm": wat(ruleText({ memory: "17" })) },
      edits: [["rules.yaml", "standard: icmp-echo", "wasm: big.wasm"]],
      told: ["meaning.module-memory Rule/default/answer-ping spec.program.wasm"],
    },
    "a module that is missing": {
      edits: [["rules.yaml", "standard: icmp-echo", "wasm: modules/count-mesages.wasm"]],
      told: ["meaning.artifact-missing Rule/default/answer-ping spec.program.wasm"],
    },
    "a module outside the source": {
      edits: [["rules.yaml", "standard: icmp-echo", "wasm: modules/../../../etc/passwd"]],
      told: ["meaning.artifact-outside Rule/default/answer-ping spec.program.wasm"],
    },
    "a module of another kind": {
      edits: [["rules.yaml", "standard: icmp-echo", "wasm: ./modules/count-messages.wasm"]],
      told: ["module.export-missing Rule/default/answer-ping spec.program.wasm"],
    },
    "a customization where a rule should be": {
      edits: [["rules.yaml", "standard: icmp-echo", "standard: dns-tag-front"]],
      told: ["module.export-missing Rule/default/answer-ping spec.program.standard"],
    },
    "a rule where a customization should be": {
      edits: [
        [
          "customizations.yaml",
          "wasm: modules/count-messages.wasm, config: {every: 1}",
          "standard: icmp-echo",
        ],
      ],
      told: ["module.export-missing Customization/default/dns-count spec.module.standard"],
    },
    "a configuration that a customization refuses": {
      edits: [
        [
          "customizations.yaml",
          "wasm: modules/count-messages.wasm, config: {every: 1}",
          "standard: dns-tag-end, config: {tag: 7}",
        ],
      ],
      told: ["module.config-refused Customization/default/dns-count spec.module.config"],
    },
    "a module that is none": {
      edits: [["rules.yaml", "standard: icmp-echo", "wasm: rules/nat.lua"]],
      told: ["module.malformed Rule/default/answer-ping spec.program.wasm"],
    },
    "a script that is too large": {
      more: { "rules/nat.lua": `-- process_packet_snat${" ".repeat(300_000)}` },
      told: ["meaning.artifact-too-large Rule/default/source-nat spec.program.lua"],
    },
    "a script that is no text": {
      more: { "rules/nat.lua": Uint8Array.of(0xff, 0xfe, 0x00) },
      told: ["meaning.artifact-not-text Rule/default/source-nat spec.program.lua"],
    },
    "a script without the function": {
      edits: [["rules.yaml", "function: process_packet_snat", "function: process_packet"]],
      told: ["meaning.function-missing Rule/default/source-nat spec.program.lua"],
    },
    "a tunnel on an address that its host has not": {
      edits: [["tunnels.yaml", "address: 10.1.0.1", "address: 10.1.0.2"]],
      told: ["meaning.address-elsewhere Tunnel/default/wan spec.listen.address"],
    },
    "two tunnels on one port, one of them on all addresses": {
      more: { "x.yaml": tunnel("x", "hosts: {matchLabels: {role: gateway}}, listen: {port: 8181}") },
      told: [
        "meaning.port-clash Tunnel/default/x spec.listen.port",
        "meaning.port-clash Tunnel/default/wan spec.listen.port",
      ],
    },
    "two tunnels on one port of two addresses": {
      more: { "x.yaml": tunnel("x", "hosts: {matchNames: [gw-1]}, listen: {address: 10.0.0.1, port: 8181}") },
      told: [],
    },
    "endpoints that are none": {
      edits: [["tunnels.yaml", '"10.0.0.0/24:*"', '"10.0.0.0/33:*", "10.0.0.1:0", "10.0.0.1:9-8"']],
      told: [
        "meaning.value Tunnel/default/wan spec.endpoints.allow[0]",
        "meaning.value Tunnel/default/wan spec.endpoints.allow[1]",
        "meaning.value Tunnel/default/wan spec.endpoints.allow[2]",
      ],
    },
    "a transparent tunnel that is not told what to divert": {
      edits: [["tunnels.yaml", "handshake: tlv", "handshake: transparent"]],
      told: ["meaning.value Tunnel/default/wan spec.intercept"],
    },
    "a function that may propose, but does not exist": {
      edits: [["tunnels.yaml", "  idleTimeout", "  proposals: {from: [heavy-hiter]}\n  idleTimeout"]],
      told: ["meaning.unknown-object Tunnel/default/wan spec.proposals.from[0]"],
    },
    "a function's file without handle": {
      more: { "functions/heavy-hitter.js": "export const other = 1;\n" },
      told: ["meaning.function-missing MonitoringFunction/default/heavy-hitter spec.function.javascript"],
    },
    "ends that do not meet": {
      edits: [["customizations.yaml", "local: {port: 53}", "local: {port: 54}"]],
      told: [
        "meaning.ends-mismatch Customization/default/dns-count spec.ends[1].tap.local.port",
        "meaning.rotation-taps CustomizationRotation/default/dns spec.through[1]",
      ],
    },
    "an end whose address the other end's hosts do not have": {
      more: { "x.yaml": customization("x", { remote: "address: 10.0.0.54, port: 99", local: "port: 99" }) },
      told: ["meaning.end-elsewhere Customization/default/x spec.ends[0].tap.remote.address"],
    },
    "an end whose address its own hosts do not have": {
      more: { "x.yaml": customization("x", { remote: "port: 99", local: "address: 10.0.0.54" }) },
      told: ["meaning.end-elsewhere Customization/default/x spec.ends[1].tap.local.address"],
    },
    "ends at addresses of every host, and of the loopback": {
      more: {
        "x.yaml": customization(
          "x",
          { remote: "address: 10.0.0.53, port: 99", local: "address: 10.0.0.53" },
          51,
        ),
        "y.yaml": customization("y", { remote: "address: 127.0.0.1, port: 98", local: "port: 98" }, 52),
        "z.yaml": customization("z", { remote: "address: 0.0.0.0, port: 97", local: "port: 97" }, 53),
      },
      told: [],
    },
    "a middlebox of a type that nobody knows": {
      edits: [["customizations.yaml", "middlebox: wireshark", "middlebox: wiresharc"]],
      told: ["meaning.unknown-middlebox Customization/default/dns-count spec.inverse[0].middlebox"],
    },
    "a plug-in that netloom ships": {
      edits: [["customizations.yaml", "file: middlebox/dns-count.lua", "standard: dns-tag-front"]],
      told: [],
    },
    "a plug-in that netloom does not ship": {
      edits: [["customizations.yaml", "file: middlebox/dns-count.lua", "standard: dns-tag-frnt"]],
      told: ["meaning.unknown-plugin Customization/default/dns-count spec.inverse[0].standard"],
    },
    "a file that the middlebox does not take": {
      edits: [["customizations.yaml", "file: middlebox/dns-count.lua", "file: middlebox/dns-count.txt"]],
      more: { "middlebox/dns-count.txt": "x" },
      told: ["meaning.value Customization/default/dns-count spec.inverse[0].file"],
    },
    "a module that cannot be challenged": {
      more: { "modules/count-messages.wasm": wat(customizationText()) },
      told: [
        "meaning.export-needed Customization/default/dns-count spec.module.wasm",
        "meaning.export-needed Customization/default/dns-count spec.module.wasm",
      ],
    },
    "a module that writes for another end, without that end": {
      more: {
        "both.wasm": wat(customizationText({ more: '(func (export "both_ends"))' })),
        "x.yaml": customization("x", { remote: "port: 99", local: "port: 99" }).replace(
          "modules/count-messages",
          "both",
        ),
        "y.yaml": customization("y", { remote: "port: 98" }).replace("modules/count-messages", "both"),
      },
      told: ["meaning.end-missing Customization/default/y spec.module.wasm"],
    },
    "two ends of one role": {
      edits: [["customizations.yaml", "role: receiver", "role: sender"]],
      told: [
        "meaning.value Customization/default/dns-count spec.ends[1].role",
        "meaning.rotation-hosts CustomizationRotation/default/dns spec.through[1]",
      ],
    },
    "two customizations of one priority on one flow": {
      more: {
        "x.yaml": customization("x", { remote: "address: 10.0.0.53", local: "address: 10.0.0.53" }, 10),
      },
      told: [
        "meaning.priority-clash Customization/default/x spec.priority",
        "meaning.priority-clash Customization/default/dns-count spec.priority",
      ],
    },
    "two customizations of one priority in one rotation, which sees to their order": {
      edits: [["customizations.yaml", "priority: 20", "priority: 10"]],
      told: [],
    },
    "a customization where a rotation may put one of its own": {
      more: { "x.yaml": customization("x", { remote: "port: 53" }, 11) },
      told: [
        "meaning.priority-clash Customization/default/dns-count spec.priority",
        "meaning.priority-clash Customization/default/x spec.priority",
      ],
    },
    "a rotation through what there is not": {
      edits: [["customization-rotations.yaml", "dns-count-tenth]", "dns-count-tent]"]],
      told: ["meaning.unknown-object CustomizationRotation/default/dns spec.through[1]"],
    },
    "a customization that two rotations move": {
      more: {
        "x.yaml":
          "apiVersion: netloom.dev/v1alpha1\nkind: CustomizationRotation\nmetadata: {name: x}\nspec: {through: [dns-count-tenth, dns-count], every: 1h}\n",
      },
      told: [
        "meaning.rotation-clash CustomizationRotation/default/x spec.through[0]",
        "meaning.rotation-clash CustomizationRotation/default/dns spec.through[1]",
        "meaning.rotation-clash CustomizationRotation/default/x spec.through[1]",
        "meaning.rotation-clash CustomizationRotation/default/dns spec.through[0]",
      ],
    },
    "a customization twice in one rotation": {
      edits: [["customization-rotations.yaml", "dns-count-tenth]", "dns-count-tenth, dns-count]"]],
      told: ["meaning.value CustomizationRotation/default/dns spec.through[2]"],
    },
    "a rotation that is faster than its overlap": {
      edits: [["customization-rotations.yaml", "every: 24h", "every: 30s"]],
      told: ["meaning.value CustomizationRotation/default/dns spec.every"],
    },
    "a rotation at no time": {
      edits: [["customization-rotations.yaml", "every: 24h", 'at: "0 25 * * *"']],
      told: ["meaning.value CustomizationRotation/default/dns spec.at"],
    },
    "a rotation on a day that never comes": {
      edits: [["customization-rotations.yaml", "every: 24h", 'at: "0 0 30 2 *"']],
      told: ["meaning.value CustomizationRotation/default/dns spec.at"],
    },
    "a rotation that waits for longer than a day": {
      edits: [["customization-rotations.yaml", "deadline: 60s", "deadline: 25h"]],
      told: ["meaning.value CustomizationRotation/default/dns spec.deadline"],
    },
    "a rotation to what it does not move through": {
      edits: [["customization-rotations.yaml", "every: 24h", "current: dns-cuont"]],
      told: ["meaning.value CustomizationRotation/default/dns spec.current"],
    },
    "a check of a host that there is not": {
      edits: [["checks.yaml", "asleep: [nas]", "asleep: [nass]"]],
      told: ["meaning.unknown-object Check/default/ping-while-asleep spec.given.asleep[0]"],
    },
    "checks that wait for each other": {
      edits: [["checks.yaml", "spec:\n  given", "spec:\n  after: [wake-by-connection]\n  given"]],
      told: [
        "meaning.value Check/default/ping-while-asleep spec.after[0]",
        "meaning.value Check/default/wake-by-connection spec.after[0]",
      ],
    },
    "an expectation that is no expression": {
      edits: [["checks.yaml", 'contains: "1 received"', 'matches: "("']],
      told: ["meaning.value Check/default/ping-while-asleep spec.expect.stdout.matches"],
    },
  };

/** From the client to the name server, with what its taps say of addresses and ports; without `local`, one end only. */
function customization(name: string, taps: { remote: string; local?: string }, priority = 50): string {
  const receiver =
    taps.local === undefined
      ? ""
      : `    - {role: receiver, hosts: {matchNames: [dns-1]}, tap: {protocol: UDP, local: {${taps.local}}}}\n`;
  return `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {wasm: modules/count-messages.wasm}
  priority: ${priority}
  ends:
    - {role: sender, hosts: {matchNames: [client]}, tap: {protocol: UDP, remote: {${taps.remote}}}}
${receiver}`;
}

for (const [name, { edits = [], more = {}, told: wanted }] of Object.entries(table)) {
  test(`${name}: ${wanted.length === 0 ? "fine" : "told, and nothing else is"}`, async () => {
    const problems = await problemsAfter(edits, more);
    assert.equal(told(problems).sort(), [...wanted].sort());
    for (const { position } of problems) assert.ok(position && position.line > 0);
  });
}

test("what is nearly right is suggested", async () => {
  const suggestion = async (...edit: Edit): Promise<string | undefined> =>
    (await problemsAfter([edit]))[0]?.suggestion;
  assert.is(await suggestion("hosts.yaml", "proxy: gw-1", "proxy: gw1"), 'did you mean "gw-1"?');
  assert.is(await suggestion("rules.yaml", "role: storage", "role: storge"), 'did you mean "role: storage"?');
  assert.is(await suggestion("rules.yaml", "icmp-echo", "icmpecho"), 'did you mean "icmp-echo"?');
  const path = 'did you mean "functions/heavy-hitter.js"?';
  assert.is(await suggestion("monitoring-functions.yaml", "heavy-hitter.js", "heavyhitter.js"), path);
  assert.is(await suggestion("hosts.yaml", "proxy: gw-1", "proxy: something-else"), undefined);
});

test("a source that is wrong all over is told of up to a limit, and its first mistakes are helped with", async () => {
  const many = Array.from({ length: 6_000 }, (_, index) =>
    host(`h-${index}`, "{interfaces: [{name: e}], sleep: {proxy: gv-1}}"),
  );
  const problems = await problemsAfter([], { "x.yaml": many.join("") });
  assert.is(problems.length, 5_001);
  assert.is(problems.at(-1)?.code, "meaning.too-many");
  assert.ok(problems.every(({ position }) => position !== undefined));
  const helped = problems.filter(({ suggestion }) => suggestion !== undefined).length;
  assert.is(helped, 100);
});

test("an object that is declared but not valid is not missed by those that refer to it", async () => {
  const snapshot = memorySnapshot(files);
  const { objects } = await parseRepository(snapshot);
  const others = objects.filter(({ ref }) => ref !== "Host/default/gw-1");
  const context = { ...guestPrograms, files: snapshot.files };
  assert.ok((await checkMeaning(others, context)).length >= 5);
  const broken = new Set(["Host/default/gw-1"]);
  assert.equal(told(await checkMeaning(others, { ...context, broken })), []);
});

test("an artifact is read once, however many objects name it, and again when it changes", async () => {
  const inspections: InspectionCache = new Map();
  const readsOf = async (contents: Record<string, string | Uint8Array>): Promise<number | undefined> => {
    const snapshot = memorySnapshot(contents);
    const { objects } = await parseRepository(snapshot);
    await checkMeaning(objects, { ...guestPrograms, files: snapshot.files, inspections });
    return snapshot.reads.get("modules/count-messages.wasm");
  };
  assert.is(await readsOf(files), 1);
  const known = inspections.size;
  assert.is(await readsOf(files), undefined);
  assert.is(await readsOf({ ...files, "modules/count-messages.wasm": "no module" }), 1);
  assert.is(inspections.size, known, "what is of no use any more was kept");
});

test.run();

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Compiler } from "../../../controller/compile/compiler.ts";
import { Intake } from "../../../controller/intake.ts";
import type { ObjectInForce } from "../../../controller/objects.ts";
import { InstanceKeys } from "../../../controller/security/instance-keys.ts";
import type { SleeperSpec } from "../../../schemas/mod.ts";
import { snapshotOf } from "../fake-source.ts";
import { modules } from "../fixtures.ts";

const host = (name: string, more = "", spec = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}${more}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:00:0${name.length}", addresses: [10.0.0.${name.length}/24, "fd00::${name.length}/64"]}]${spec}}
`;
const object = (kind: string, name: string, spec: string): string => `apiVersion: netloom.dev/v1alpha1
kind: ${kind}
metadata: {name: ${name}}
spec:
${spec}`;

const instances = new InstanceKeys(new Uint8Array(32));

const lua = {
  "nat.lua": "function process_packet(p) end\nfunction snat(p) end\n",
  "f.js": "export function handle() {}\n",
};

async function objectsOf(...texts: string[]): Promise<ReadonlyMap<string, ObjectInForce>> {
  const { objects, problems } = await new Intake(modules).read(
    snapshotOf({ ...lua, "all.yaml": texts.join("---\n") }),
  );
  assert.equal(problems, []);
  return objects;
}

async function unitsOf(...texts: string[]): Promise<Record<string, unknown>> {
  const compiler = new Compiler({ instance: (of) => instances.artifact(of) });
  compiler.update(await objectsOf(...texts));
  const units = [...compiler.hosts()].flatMap((id) =>
    compiler.unitsOf(id).map(({ unit, priority, state }) => {
      const { engine, spec, artifacts } = unit;
      return [
        `${unit.id} on ${id}`,
        { engine, priority, state, spec, artifacts: artifacts.map(({ name }) => name) },
      ];
    }),
  );
  return Object.fromEntries(units);
}

test("a host that sleeps becomes a sleeper on its proxy, any other host nothing", async () => {
  const sleep = ", sleep: {proxy: gw, wake: {transport: udp, secureOn: {secretRef: nas-wake}}}";
  assert.equal(await unitsOf(host("gw"), host("nas", "", sleep)), {
    "Host/default/nas on default/gw": {
      engine: "sleep",
      priority: 0,
      state: "active",
      artifacts: [],
      spec: {
        type: "sleeper",
        host: "default/nas",
        interfaces: [{ mac: "02:00:00:00:00:03", addresses: ["10.0.0.3/24", "fd00::3/64"] }],
        takeover: true,
        wake: { transport: "udp", repeat: 3, secureOn: "nas-wake" },
        selfService: false,
      },
    },
  });
});

test("what a host may subscribe by itself travels with its sleeper", async () => {
  const sleep = ", sleep: {proxy: gw, selfService: {moduleSizeMax: 64Ki}}";
  const units = await unitsOf(host("gw"), host("nas", "", sleep));
  const sleeper = units["Host/default/nas on default/gw"] as { spec: SleeperSpec };
  const { selfService } = sleeper.spec;
  assert.equal(selfService, { rulesMax: 16, moduleBytesMax: 65_536 });
});

test("a rule of sleeping hosts lands on their proxies, with the host's own addresses by default", async () => {
  const rule = `  hosts: {}
  priority: 7
  sleepProxy: {layer: ICMP, interval: 20s}
  program: {standard: icmp-echo, config: {allow: [10.0.0.0/8]}}
  limits: {memory: 2Mi, time: 5ms}
`;
  const units = await unitsOf(
    host("gw"),
    host("nas", "", ", sleep: {proxy: gw}"),
    object("Rule", "ping", rule),
  );
  assert.equal(units["Rule/default/ping/nas on default/gw"], {
    engine: "sleep",
    priority: 7,
    state: "active",
    artifacts: ["program"],
    spec: {
      type: "rule",
      host: "default/nas",
      layer: "ICMP",
      addresses: ["10.0.0.3/32", "fd00::3/128"],
      raw: false,
      intervalMs: 20_000,
      config: { allow: ["10.0.0.0/8"] },
      limits: { memoryBytes: 2_097_152, timeMs: 5 },
      onFault: "drop",
    },
  });
  assert.is(Object.keys(units).length, 2, "a host that does not sleep gets none");
});

test("a rule that speaks on streams says so in its unit, and no other does", async () => {
  const rule = (stream: string) =>
    object(
      "Rule",
      "web",
      `  hosts: {}\n  sleepProxy: {layer: TCP, port: 80${stream}}\n  program: {standard: icmp-echo}\n`,
    );
  const specOf = async (stream: string) => {
    const units = await unitsOf(host("gw"), host("nas", "", ", sleep: {proxy: gw}"), rule(stream));
    return (units["Rule/default/web/nas on default/gw"] as { spec: object }).spec;
  };
  assert.is(((await specOf(", stream: true")) as { stream?: boolean }).stream, true);
  assert.not("stream" in (await specOf("")));
});

test("a rule in netfilter lands on each selected host that has a daemon", async () => {
  const rule = `  hosts: {}
  active: false
  netfilter: {table: mangle, hook: POSTROUTING, match: {outInterface: eth1, protocol: tcp, destinationPort: 80}}
  program: {lua: nat.lua, function: snat, state: nat}
`;
  const units = await unitsOf(
    host("gw"),
    host("nas"),
    host("thing", "", ", daemon: false"),
    object("Rule", "nat", rule),
  );
  assert.equal(Object.keys(units), ["Rule/default/nat on default/gw", "Rule/default/nat on default/nas"]);
  assert.equal(units["Rule/default/nat on default/gw"], {
    engine: "filter",
    priority: 100,
    state: "installed",
    artifacts: ["program"],
    spec: {
      table: "mangle",
      hook: "POSTROUTING",
      match: { outInterface: "eth1", protocol: "tcp", destinationPort: 80 },
      function: "snat",
      state: "default/nat",
      config: {},
      limits: { memoryBytes: 1_048_576, timeMs: 5 },
      onFault: "drop",
    },
  });
});

test("a tunnel lands on each selected host, its quantities in bytes and milliseconds", async () => {
  const tunnel = `  hosts: {matchNames: [gw]}
  listen: {port: 8181}
  endpoints: {allow: ["10.0.0.0/8:*"]}
  client: {congestionControl: cubic, sendBuffer: 64Mi}
  idleTimeout: 1h30m
  qdisc: {interface: eth0, kind: tbf, rate: 2.5M}
`;
  const units = await unitsOf(host("gw"), host("nas"), object("Tunnel", "pep", tunnel));
  assert.equal(Object.keys(units), ["Tunnel/default/pep on default/gw"]);
  assert.equal((units["Tunnel/default/pep on default/gw"] as { spec: unknown }).spec, {
    listen: { address: "::", port: 8181 },
    handshake: "tlv",
    endpointsAllowed: ["10.0.0.0/8:*"],
    client: { congestionControl: "cubic", sendBufferBytes: 67_108_864, noDelay: true },
    endpoint: { noDelay: true },
    fastOpenQueue: 16,
    qdisc: { interface: "eth0", kind: "tbf", rateBitsPerSecond: 2_500_000 },
    connectionsMax: 10_000,
    connectTimeoutMs: 10_000,
    idleTimeoutMs: 5_400_000,
  });
});

test("a monitoring function becomes a probe that carries its function", async () => {
  const monitoring = `  hosts: {}
  probe: {kind: flow, interface: eth0}
  function: {javascript: f.js}
  parameters: {bytes: 20Mi}
`;
  const units = await unitsOf(host("gw"), object("MonitoringFunction", "hitters", monitoring));
  const unit = units["MonitoringFunction/default/hitters on default/gw"] as {
    artifacts: string[];
    spec: unknown;
  };
  assert.equal(unit.artifacts, ["function"]);
  assert.equal(unit.spec, {
    probe: {
      kind: "flow",
      interface: "eth0",
      intervalMs: 2_000,
      flowsMax: 65_536,
      acknowledged: false,
      layout: "document",
    },
    function: { type: "javascript" },
    parameters: { bytes: "20Mi" },
    state: { keysMax: 100_000, expireMs: 3_600_000 },
    limits: { memoryBytes: 67_108_864, timeMs: 1_000 },
  });
});

test("a customization lands on the hosts of each of its ends", async () => {
  const customization = `  module: {standard: icmp-echo}
  ends:
    - {role: sender, hosts: {matchNames: [gw]}, tap: {protocol: UDP, application: {group: dig}, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [nas]}, tap: {protocol: UDP, local: {port: 53}}}
`;
  const units = await unitsOf(host("gw"), host("nas"), object("Customization", "tag", customization));
  assert.equal(Object.keys(units), [
    "Customization/default/tag/sender on default/gw",
    "Customization/default/tag/receiver on default/nas",
  ]);
});

test("a customization that is deprecated is, active or not", async () => {
  for (const [fields, state] of [
    ["", "active"],
    ["active: false", "installed"],
    ["deprecated: true", "deprecated"],
    ["active: false\n  deprecated: true", "deprecated"],
  ]) {
    const customization = `  module: {standard: icmp-echo}
  ${fields}
  ends: [{role: sender, hosts: {matchNames: [gw]}, tap: {protocol: TCP, local: {port: 80}}}]
`;
    const units = await unitsOf(host("gw"), object("Customization", "slow", customization));
    const unit = units["Customization/default/slow/sender on default/gw"] as { state: string };
    assert.is(unit.state, state);
  }
});

test("only what a change concerns is compiled again", async () => {
  const rule = (port: number, label: string): string =>
    `  hosts: {matchLabels: {role: ${label}}}\n  netfilter: {hook: INPUT, match: {protocol: tcp, destinationPort: ${port}}}\n  program: {lua: nat.lua}\n`;
  const labelled = (role: string): string => host("gw", `, labels: {role: ${role}}`);
  const others = [host("nas", ", labels: {role: b}"), host("thing", ", labels: {role: a}")];
  const all = [object("Rule", "one", rule(1, "a")), object("Rule", "two", rule(2, "b")), ...others];
  const compiler = new Compiler({ instance: (of) => instances.artifact(of) });
  compiler.update(await objectsOf(labelled("a"), ...all));
  const same = compiler.update(await objectsOf(labelled("a"), ...all));
  assert.equal({ hosts: [...same.hosts], objects: [...same.objects] }, { hosts: [], objects: [] });
  const relabelled = compiler.update(await objectsOf(labelled("b"), ...all));
  assert.equal([...relabelled.objects].sort(), ["Host/default/gw", "Rule/default/one", "Rule/default/two"]);
  assert.equal([...relabelled.hosts], ["default/gw"], "the other hosts have what they had");
  assert.equal(
    compiler.unitsOf("default/gw").map(({ unit }) => unit.id),
    ["Rule/default/two"],
  );
});

test("whatever the way, the result is that of compiling the last objects alone", async () => {
  const labels = fc.constantFrom("a", "b");
  const hostText = fc
    .tuple(fc.constantFrom("h", "hh", "hhh"), labels, fc.boolean(), fc.boolean())
    .map(([name, role, sleeps, daemon]) =>
      host(
        name,
        `, labels: {role: ${role}}`,
        `, daemon: ${daemon}${sleeps ? ", sleep: {proxy: gateway}" : ""}`,
      ),
    );
  const ruleText = fc
    .tuple(fc.constantFrom("r", "s"), labels, fc.boolean(), fc.nat(3))
    .map(([name, role, sleeps, priority]) =>
      object(
        "Rule",
        name,
        `  hosts: {matchLabels: {role: ${role}}}\n  priority: ${priority}\n${
          sleeps
            ? "  sleepProxy: {layer: ICMP}\n  program: {standard: icmp-echo}\n"
            : "  netfilter: {hook: INPUT}\n  program: {lua: nat.lua}\n"
        }`,
      ),
    );
  const nameIn = (text: string): string => /kind: (\w+)\nmetadata: \{name: (\w+)/.exec(text)?.[0] ?? text;
  const state = fc.uniqueArray(fc.oneof(hostText, ruleText), { selector: nameIn, maxLength: 5 });
  const parse = async (texts: string[]) =>
    (
      await new Intake(modules).read(
        snapshotOf({ ...lua, "all.yaml": [host("gateway"), ...texts].join("---\n") }),
      )
    ).objects;
  await fc.assert(
    fc.asyncProperty(fc.array(state, { minLength: 2, maxLength: 4 }), async (states) => {
      const compiler = new Compiler({ instance: (of) => instances.artifact(of) });
      for (const texts of states) compiler.update(await parse(texts));
      const fresh = new Compiler({ instance: (of) => instances.artifact(of) });
      fresh.update(await parse(states.at(-1) as string[]));
      assert.equal([...compiler.hosts()].sort(), [...fresh.hosts()].sort());
      const sorted = (of: Compiler, id: string) =>
        of.unitsOf(id).sort((a, b) => (a.unit.id < b.unit.id ? -1 : 1));
      for (const id of fresh.hosts()) assert.equal(sorted(compiler, id), sorted(fresh, id));
    }),
    { numRuns: 60 },
  );
});

test.run();

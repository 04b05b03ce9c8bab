/**
 * Objects as a team would write them, in groups of ten: a gateway, a host that sleeps behind it, five rules for that
 * host, a filter rule, a tunnel and a monitoring function. Every object is valid, also in meaning, given `artifacts`.
 */
export function fleetYaml(count: number): string[] {
  const objects: string[] = [];
  for (let group = 0; objects.length < count; group += 1) objects.push(...groupYaml(group));
  return objects.slice(0, count);
}

/** Files that the objects name, by path from the source's root. */
export const fleetArtifacts: Record<string, string> = {
  "rules/nat.lua": "function process_packet(p)\n  return nf.NF_ACCEPT\nend\n",
  "functions/heavy-hitter.js": "export async function handle(event, context) {}\n",
};

function groupYaml(group: number): string[] {
  const [high, low] = [Math.floor(group / 200), group % 200];
  const network = `10.${Math.floor(high / 200)}.${high % 200}`;
  const mac = (last: string): string =>
    `02:00:00:${hex(Math.floor(group / 256))}:${hex(group % 256)}:${last}`;
  return [
    host(`gw-${group}`, "gateway", group, `${network}.${low + 1}/8`, mac("01")),
    `${host(`nas-${group}`, "storage", group, `10.1${Math.floor(high / 200)}.${high % 200}.${low + 1}/8`, mac("02"))}  sleep:
    proxy: gw-${group}
    takeover: true
    wake: {transport: ethernet, repeat: 3, secureOn: {secretRef: nas-wake}}
`,
    ...["ICMP", "UDP", "TCP", "UDP", "TCP"].map((layer, index) => sleepRule(group, layer, index)),
    filterRule(group),
    tunnel(group),
    monitoringFunction(group),
  ];
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

function head(kind: string, name: string, group: number, role: string): string {
  return `apiVersion: netloom.dev/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
  labels:
    netloom.dev/team: storage
    group: g${group}
    role: ${role}
  annotations:
    note: "owned by the storage team; ask before you change it"
spec:
`;
}

function host(name: string, role: string, group: number, address: string, mac: string): string {
  return `${head("Host", name, group, role)}  interfaces:
    - name: eth0
      mac: "${mac}"
      addresses:
        - ${address}
  daemon: true
`;
}

function sleepRule(group: number, layer: string, index: number): string {
  const standard = { ICMP: "icmp-echo", UDP: "udp-echo", TCP: "wake-on-tcp-syn" }[layer];
  return `${head("Rule", `rule-${group}-${index}`, group, "storage")}  # what is done for the host while it sleeps
  hosts:
    matchLabels:
      group: g${group}
      role: storage
  priority: ${100 + index}
  active: true
  sleepProxy:
    layer: ${layer}
${layer === "ICMP" ? "" : `    port: ${8000 + index}\n`}  program:
    standard: ${standard}
    config:
      allow: [10.0.0.0/8, 192.168.0.0/16]
  limits: {memory: 1Mi, time: 5ms}
  onFault: drop
`;
}

function filterRule(group: number): string {
  return `${head("Rule", `nat-${group}`, group, "gateway")}  hosts: {matchNames: [gw-${group}]}
  netfilter:
    table: mangle
    hook: POSTROUTING
    match: {outInterface: eth1, protocol: tcp, destinationPort: 80}
  program:
    lua: rules/nat.lua
    function: process_packet
    state: nat
`;
}

function tunnel(group: number): string {
  return `${head("Tunnel", `tunnel-${group}`, group, "gateway")}  hosts: {matchNames: [gw-${group}]}
  listen: {address: 0.0.0.0, port: 8181}
  handshake: tlv
  endpoints:
    allow: ["10.0.0.0/8:*", "192.0.2.0/24:8000-8080"]
  client: {congestionControl: cubic, sendBuffer: 64Mi, receiveBuffer: 64Mi}
  endpoint: {congestionControl: bbr, sendBuffer: 64Mi, receiveBuffer: 64Mi}
  fastOpen: {queue: 16}
`;
}

function monitoringFunction(group: number): string {
  return `${head("MonitoringFunction", `heavy-hitter-${group}`, group, "gateway")}  hosts: {matchNames: [gw-${group}]}
  probe: {kind: flow, interface: eth0, interval: 2s, flows: 65536, acknowledged: false}
  function:
    javascript: functions/heavy-hitter.js
  parameters:
    bytes: 20Mi
    window: 60s
`;
}

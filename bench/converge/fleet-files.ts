/** The files of a fleet of `hosts` hosts with ten units each: five rules of its own, and five that every host has. */
export function fleetFiles(hosts: number): Map<string, string> {
  const files = new Map<string, string>([
    ["rules/count.lua", "function process_packet(p) return p:accept() end\n"],
  ]);
  for (let rule = 0; rule < 5; rule++) files.set(`everywhere-${rule}.yaml`, everywhere(rule, 1_000));
  for (let host = 0; host < hosts; host++) files.set(fileOf(host), hostYaml(host, 2_000));
  return files;
}

export const hostName = (host: number): string => `host-${host}`;
export const fileOf = (host: number): string => `hosts/${hostName(host)}.yaml`;

/** One host and its own rules; the port is what changes. */
export function hostYaml(host: number, port: number): string {
  const name = hostName(host);
  const address = `10.${host >> 8}.${host & 255}.1/24`;
  const rules = Array.from({ length: 5 }, (_, rule) =>
    ruleYaml(`${name}-rule-${rule}`, `{matchNames: [${name}]}`, rule === 0 ? port : 2_000 + rule),
  );
  return `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: gateway}}
spec: {interfaces: [{name: eth0, addresses: [${address}]}]}
---
${rules.join("---\n")}`;
}

/** A rule on every host. */
export function everywhere(rule: number, port: number): string {
  return ruleYaml(`everywhere-${rule}`, "{matchLabels: {role: gateway}}", port + rule);
}

function ruleYaml(name: string, hosts: string, port: number): string {
  return `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ${name}}
spec:
  hosts: ${hosts}
  netfilter: {hook: FORWARD, match: {protocol: tcp, destinationPort: ${port}}}
  program: {lua: rules/count.lua}
`;
}

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Two clients and a server, with a customization whose modules are challenged. */
export function securedFiles({ interval = "100ms", active = true, priority = 10 } = {}) {
  const hosts = ["client-1", "client-2", "server"].map(
    (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: "${name.split("-")[0]}"}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
`,
  );
  return {
    "fleet.yaml": `${hosts.join("")}---
apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {wasm: tag.wasm}
  priority: ${priority}
  active: ${active}
  ends:
    - {role: sender, hosts: {matchLabels: {role: client}}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchLabels: {role: server}}, tap: {protocol: UDP, local: {port: 53}}}
  security: {challenge: ${interval}}
`,
    "tag.wasm": emptyModule,
  };
}

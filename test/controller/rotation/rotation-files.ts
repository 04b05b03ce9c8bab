const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

interface FleetOptions {
  current?: string;
  deadline?: string;
  retire?: string;
}

/** The repository of a fleet: two clients that send to a server; two customizations and a rotation between them. */
export function rotationFiles({
  current = "tag",
  deadline = "10s",
  retire = "deprecate",
}: FleetOptions = {}) {
  const hosts = ["client-1", "client-2", "server"].map(
    (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: "${name.split("-")[0]}"}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
`,
  );
  const customizations = ["tag", "compress"].map(
    (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {wasm: ${name}.wasm}
  priority: ${10 * (at + 1)}
  ends:
    - {role: sender, hosts: {matchLabels: {role: client}}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchLabels: {role: server}}, tap: {protocol: UDP, local: {port: 53}}}
`,
  );
  return {
    "fleet.yaml": [...hosts, ...customizations].join(""),
    "rotation.yaml": `apiVersion: netloom.dev/v1alpha1
kind: CustomizationRotation
metadata: {name: dns}
spec: {through: [tag, compress], current: ${current}, overlap: 20ms, deadline: ${deadline}, retire: ${retire}}
`,
    "tag.wasm": emptyModule,
    "compress.wasm": emptyModule,
  };
}

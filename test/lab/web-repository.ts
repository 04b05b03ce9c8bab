import { folderWith } from "./started.ts";

const host = (name: string, address: string, lab = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: ${name}}}
spec:
  interfaces: [{name: eth0, addresses: [${address}]}]
${lab}---
`;

/** Each cuts into frames of another size, with another tag. */
const customization = (name: string, every: number): string => `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {standard: stream-tag, config: {tag: ${name}, every: ${every}}}
  priority: ${every}
  attach: immediate
  ends:
    - role: sender
      hosts: {matchNames: [server]}
      tap: {protocol: TCP, application: {group: python3}, local: {port: 8000}}
    - role: receiver
      hosts: {matchNames: [client]}
      tap: {protocol: TCP, application: {group: curl}, remote: {port: 8000}}
---
`;

/**
 * A folder that declares a server of the files in `content` (http://10.20.0.1:8000), a client, and a rotation ("web") of two
 * customizations ("one", "two") of what curl downloads there.
 */
export function webRepository(content: string): string {
  const serve = `[python3, -m, http.server, "8000", --protocol, HTTP/1.1, --directory, ${content}]`;
  return folderWith({
    "hosts.yaml":
      host("server", "10.20.0.1/24", `  lab: {run: [${serve}]}\n`) + host("client", "10.20.0.2/24"),
    "customizations.yaml": customization("one", 1000) + customization("two", 1500),
    "rotation.yaml": `apiVersion: netloom.dev/v1alpha1
kind: CustomizationRotation
metadata: {name: web}
spec: {through: [one, two], every: 24h, overlap: 300ms, deadline: 30s, retire: deprecate}
`,
  });
}

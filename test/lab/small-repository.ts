import { folderWith } from "./started.ts";

const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, addresses: [${address}]}]
${more}---
`;

/** A folder that declares gw, which has a daemon and says hello on port 80, and pc. */
export function smallRepository(): string {
  return folderWith({
    "hosts.yaml":
      host("gw", "10.0.0.1/24", "  lab: {run: [[socat, 'TCP-LISTEN:80,fork', 'SYSTEM:echo hello']]}\n") +
      host("pc", "10.0.0.2/24"),
  });
}

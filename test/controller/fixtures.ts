import type { Leadership } from "../../controller/leadership.ts";
import type { Log } from "../../controller/log.ts";
import type { StandardModules } from "../../controller/program-store.ts";

export const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {
  // A test looks at what happens, not at what is logged.
}

/** Ships one module, "icmp-echo", of the smallest WASM there is. */
export const modules: StandardModules = {
  names: ["icmp-echo"],
  read: async (name) => (name === "icmp-echo" ? Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) : undefined),
};

/** Leads, or does not, as the test says. */
export class FakeLeadership implements Leadership {
  term: number | undefined;
  readonly #listeners = new Set<() => void>();
  constructor(term: number | undefined) {
    this.term = term;
  }
  set(term: number | undefined): void {
    this.term = term;
    for (const listener of this.#listeners) listener();
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  overtaken(): void {
    this.set(undefined);
  }
  async stop(): Promise<void> {
    this.set(undefined);
  }
}

/** The YAML of a fleet: a gateway, and sleeping hosts behind it that answer pings. */
export function fleetYaml(hosts: string[], options: { active?: boolean } = {}): Record<string, string> {
  const sleeping = hosts.map(
    (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: storage}}
spec:
  interfaces: [{name: eth0, mac: "02:00:00:00:01:${(at + 16).toString(16)}", addresses: [10.0.0.${at + 10}/24]}]
  sleep: {proxy: gw}
`,
  );
  return {
    "hosts.yaml": `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: gw, labels: {role: gateway}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:00:01", addresses: [10.0.0.1/24]}]}
${sleeping.join("")}`,
    "rules.yaml": `apiVersion: netloom.dev/v1alpha1
kind: Rule
metadata: {name: ping}
spec:
  hosts: {matchLabels: {role: storage}}
  active: ${options.active ?? true}
  sleepProxy: {layer: ICMP}
  program: {standard: icmp-echo}
`,
  };
}

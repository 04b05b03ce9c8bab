import type { Host, LabelSelector } from "./generated/objects.ts";
import { selectHosts } from "./select-hosts.ts";

/** Hosts found by name and by label, so that many selectors over a large fleet cost what they select. */
export class HostIndex {
  readonly #namespaces = new Map<string, Namespace>();

  constructor(hosts: Iterable<Host>) {
    for (const host of hosts) this.#add(host);
  }

  get(name: string, namespace: string): Host | undefined {
    return this.#namespaces.get(namespace)?.byName.get(name);
  }

  names(namespace: string): Iterable<string> {
    return this.#namespaces.get(namespace)?.byName.keys() ?? [];
  }

  /** What `selectHosts` would give. */
  select(selector: LabelSelector, namespace: string): Host[] {
    const known = this.#namespaces.get(namespace);
    return known === undefined ? [] : selectHosts(selector, candidates(selector, known), namespace);
  }

  #add(host: Host): void {
    const { name, namespace, labels = {} } = host.metadata;
    let known = this.#namespaces.get(namespace);
    if (known === undefined) {
      known = { hosts: [], byName: new Map(), byLabel: new Map() };
      this.#namespaces.set(namespace, known);
    }
    known.hosts.push(host);
    known.byName.set(name, host);
    for (const [key, value] of Object.entries(labels)) {
      const label = `${key}=${value}`;
      const group = known.byLabel.get(label);
      if (group === undefined) known.byLabel.set(label, [host]);
      else group.push(host);
    }
  }
}

interface Namespace {
  hosts: Host[];
  byName: Map<string, Host>;
  byLabel: Map<string, Host[]>;
}

/** A superset of what is selected, in order, as small as an index gives it. */
function candidates({ matchNames, matchLabels }: LabelSelector, known: Namespace): Host[] {
  if (matchNames?.length === 1) {
    const host = known.byName.get(matchNames[0] as string);
    return host === undefined ? [] : [host];
  }
  let smallest = known.hosts;
  for (const [key, value] of Object.entries(matchLabels ?? {})) {
    const group = known.byLabel.get(`${key}=${value}`) ?? [];
    if (group.length < smallest.length) smallest = group;
  }
  return smallest;
}

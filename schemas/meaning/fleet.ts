import type { Host, LabelSelector, NetloomObject } from "../generated/objects.ts";
import { HostIndex } from "../host-index.ts";
import type { ParsedObject } from "../parse/parsed-object.ts";
import type { Suggester } from "./suggester.ts";

type Kind = NetloomObject["kind"];
type OfKind<K extends Kind> = Extract<NetloomObject, { kind: K }>;

/** All objects of one moment, for looking each other up. */
export class Fleet {
  readonly objects: readonly ParsedObject[];
  readonly hosts: HostIndex;
  readonly suggester: Suggester;
  readonly #byRef = new Map<string, ParsedObject>();
  readonly #broken: ReadonlySet<string>;
  readonly #byKind = new Map<Kind, ParsedObject[]>();

  /** `broken` holds the refs of objects that are meant to be there but are not valid. */
  constructor(
    objects: readonly ParsedObject[],
    options: { broken: ReadonlySet<string>; suggester: Suggester },
  ) {
    const { broken, suggester } = options;
    this.suggester = suggester;
    this.objects = objects;
    this.#broken = broken;
    for (const parsed of objects) {
      this.#byRef.set(parsed.ref, parsed);
      const group = this.#byKind.get(parsed.object.kind);
      if (group === undefined) this.#byKind.set(parsed.object.kind, [parsed]);
      else group.push(parsed);
    }
    this.hosts = new HostIndex(this.ofKind("Host").map(({ object }) => object));
  }

  ofKind<K extends Kind>(kind: K): ParsedObject<OfKind<K>>[] {
    return (this.#byKind.get(kind) ?? []) as ParsedObject<OfKind<K>>[];
  }

  get<K extends Kind>(kind: K, place: { name: string; namespace: string }): OfKind<K> | undefined {
    return this.#byRef.get(`${kind}/${place.namespace}/${place.name}`)?.object as OfKind<K> | undefined;
  }

  /** Whether the object is there, or would be were it valid: then its absence is no second fault. */
  declares(kind: Kind, place: { name: string; namespace: string }): boolean {
    const ref = `${kind}/${place.namespace}/${place.name}`;
    return this.#byRef.has(ref) || this.#broken.has(ref);
  }

  names(kind: Kind, namespace: string): string[] {
    return this.ofKind(kind)
      .filter(({ object }) => object.metadata.namespace === namespace)
      .map(({ object }) => object.metadata.name);
  }

  select(selector: LabelSelector, namespace: string): Host[] {
    return this.hosts.select(selector, namespace);
  }

  /** Whether a Host of the namespace is not valid, so that a selector's finding nothing may be that host's fault. */
  hasBrokenHosts(namespace: string): boolean {
    const prefix = `Host/${namespace}/`;
    for (const ref of this.#broken) if (ref.startsWith(prefix)) return true;
    return false;
  }
}

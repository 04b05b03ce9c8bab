import { metValuesMax } from "../../schemas/mod.ts";
import type { SocketOwner } from "../linux/mod.ts";
import type { Endpoint, FlowEnds } from "./flow.ts";
import type { OpenParameter } from "./tap.ts";

/** What was met where a tap leaves a parameter open (layer-4.5 §2.2.2): a middlebox or a person may want to know. */
export class MetParameters {
  readonly #met = new Map<OpenParameter, Set<string>>();

  constructor(open: ReadonlySet<OpenParameter>) {
    for (const name of open) this.#met.set(name, new Set());
  }

  note({ task, group }: SocketOwner, { local, remote }: FlowEnds): void {
    this.#add("task", task);
    this.#add("group", group);
    this.#addEnd("localAddress", "localPort", local);
    this.#addEnd("remoteAddress", "remotePort", remote);
  }

  /** By parameter, the last `metValuesMax` of each, oldest first; nothing of parameters that were not met. */
  values(): Record<string, string[]> {
    const met: Record<string, string[]> = {};
    for (const [name, values] of this.#met) if (values.size > 0) met[name] = [...values];
    return met;
  }

  #addEnd(address: OpenParameter, port: OpenParameter, end: Endpoint): void {
    if (this.#met.has(address)) this.#add(address, addressText(end.address));
    if (this.#met.has(port)) this.#add(port, String(end.port));
  }

  #add(name: OpenParameter, value: string): void {
    const values = this.#met.get(name);
    if (!values) return;
    values.delete(value);
    values.add(value);
    if (values.size > metValuesMax) values.delete(values.values().next().value as string);
  }
}

export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push((((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16));
  }
  const text = groups.join(":");
  // The longest run of zeros is left out (RFC 5952 §4.2).
  const runs = [...text.matchAll(/(^|:)0(:0)+(?=:|$)/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return text;
  const before = text.slice(0, longest.index);
  const after = text.slice(longest.index + longest[0].length);
  return `${before}::${after.replace(/^:/, "")}`;
}

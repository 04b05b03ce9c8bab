import { addressText, metValuesMax } from "../../schemas/mod.ts";
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

import type { SocketOwner } from "../linux/mod.ts";
import type { Customization } from "./customization.ts";

/** Address and port; 4 or 16 bytes in network order. An IPv4 peer of an IPv6 socket has an IPv4 address. */
export interface Endpoint {
  address: Uint8Array;
  port: number;
}

/** The two ends of a flow, as its own host sees them. */
export interface FlowEnds {
  local: Endpoint;
  remote: Endpoint;
}

/** A customization on a flow. */
export interface Attachment {
  readonly customization: Customization;
  readonly flow: Flow;
  /** The flow had begun when it came: its module has not seen all of it. */
  readonly isLate: boolean;
  /** Which life of the module knows the flow: a module that was started afresh has to be told of it again. */
  knownTo: number;
  /** The module wants nothing of this flow. */
  isRefused: boolean;
  /** When the customization last had something to do here: it took a message, or came. */
  activeMs: number;
}

/** An application's socket with the customizations that hold it. */
export class Flow {
  /** By which modules know it; given once in the life of the engine's thread. */
  readonly number: number;
  owner: SocketOwner;
  /** Whoever reads the attachments and keeps something made of them makes it anew when this has changed. */
  generation = 0;
  readonly #attached = new Map<Customization, Attachment>();

  constructor(number: number, owner: SocketOwner) {
    this.number = number;
    this.owner = owner;
  }

  get attachments(): Iterable<Attachment> {
    return this.#attached.values();
  }

  attachment(customization: Customization): Attachment | undefined {
    return this.#attached.get(customization);
  }

  attach(customization: Customization, { isLate, nowMs }: { isLate: boolean; nowMs: number }): Attachment {
    const made = { customization, flow: this, isLate, knownTo: 0, isRefused: false, activeMs: nowMs };
    this.#attached.set(customization, made);
    customization.attached.add(made);
    this.generation += 1;
    return made;
  }

  detach(customization: Customization): void {
    const attachment = this.#attached.get(customization);
    if (!attachment) return;
    this.#attached.delete(customization);
    customization.attached.delete(attachment);
    customization.leave(attachment);
    this.generation += 1;
  }

  /** The socket is closed. */
  close(): void {
    for (const customization of [...this.#attached.keys()]) this.detach(customization);
  }
}

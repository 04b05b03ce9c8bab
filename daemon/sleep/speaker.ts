import { type ReactionSink, respondBytesMax } from "../../modules/mod.ts";
import { addressText } from "../../schemas/mod.ts";
import { RawIpSender } from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";
import { addressBytes } from "./address.ts";
import type { AddressTable } from "./address-table.ts";
import { ethernetBytes, type Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import {
  type Conversation,
  ipOffset,
  PacketView,
  sendPacket,
  writeDestinationMac,
  writeEthernet,
} from "./outgoing.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import { type WakeCall, wakeProtocolOf } from "./wakes.ts";

/** A delayed answer: the frame as it will be sent, or a packet that the kernel routes. */
export interface DelayedAnswer {
  rule: Rule;
  link: Link;
  content: Uint8Array;
  routed: boolean;
}

const nothing: Uint8Array = new Uint8Array(0);

export interface SpeakerEvents {
  /** The rule wants its host awake, for what it was called for. */
  wanted(rule: Rule, call: WakeCall): void;
  /** False when there is no room for another. */
  delay(answer: DelayedAnswer, delayMs: number): boolean;
}

/**
 * Performs what rules answer: puts packets into frames and frames into the ring of the link. One rule speaks at a time
 * (`listen` first, then the guest is called with this as its sink).
 *
 * A rule speaks for its host and nobody else: the source of what it sends must be an address of the host (or none), and
 * the frame's own source is always the proxy's. What breaks that is refused and counted. Only when it hands over to the
 * host that woke (`listenForHost`) may it pass on packets of others, and then to the host alone.
 */
export class Speaker implements ReactionSink {
  readonly #owners: AddressTable<Sleeper>;
  readonly #events: SpeakerEvents;
  readonly #context: LoopContext;
  readonly #view = new PacketView();
  readonly #to: Conversation;
  #rule: Rule | undefined;
  /** Where everything goes that the rule says; undefined: where each packet's destination is. */
  #hostMac: Uint8Array | undefined;
  #raw: RawIpSender | undefined;
  #lastSlice = { memory: nothing, offset: 0, slice: nothing };
  /** Of the packet that was heard. */
  #protocol = -1;

  constructor(owners: AddressTable<Sleeper>, events: SpeakerEvents, context: LoopContext) {
    this.#owners = owners;
    this.#events = events;
    this.#context = context;
    const nobody = { family: 0, s0: 0, s1: 0, s2: 0, s3: 0, senderMac: new Uint8Array(6) };
    this.#to = { ...nobody, link: undefined as unknown as Link };
  }

  /** The packet in the link's ring is what rules are about to be called for. */
  hear(link: Link, headers: Headers): void {
    const to = this.#to;
    to.link = link;
    to.family = headers.family;
    to.s0 = headers.s0;
    to.s1 = headers.s1;
    to.s2 = headers.s2;
    to.s3 = headers.s3;
    this.#protocol = headers.protocol;
    const { bytes, start } = link.ring;
    for (let place = 0; place < 6; place += 1) to.senderMac[place] = bytes[start + 6 + place]!;
  }

  /** The next answers are this rule's, to what was heard. */
  listen(rule: Rule): void {
    this.#rule = rule;
    this.#hostMac = undefined;
  }

  /** The next answers are this rule's, on its own account, out of this link. */
  listenUnasked(rule: Rule, link: Link): void {
    this.listen(rule);
    this.#to.link = link;
    this.#to.family = 0;
  }

  /** The next answers are this rule's, for its host, which is awake. */
  listenForHost(rule: Rule, link: Link, hostMac: Uint8Array): void {
    this.listenUnasked(rule, link);
    this.#hostMac = hostMac;
  }

  wake(): void {
    this.#events.wanted(this.#speaking(), this.#call());
  }

  respond(memory: Uint8Array, offset: number, length: number, delayMs: number): void {
    const rule = this.#speaking();
    const { link } = this.#to;
    const { ring } = link;
    const headerBytes = rule.spec.raw ? 0 : ethernetBytes;
    const ipAt = rule.spec.raw ? ipOffset(memory, offset, length) : 0;
    if (
      ipAt < 0 ||
      length + headerBytes > Math.min(ring.sendBytesMax, respondBytesMax) ||
      !this.#view.read(memory, offset + ipAt, length - ipAt) ||
      !this.#maySpeak(rule)
    ) {
      rule.counts.refused += 1;
      return;
    }
    if (delayMs > 0) this.#respondLater(rule, memory.subarray(offset, offset + length), delayMs);
    else if (this.#respondNow(memory, offset, length)) rule.noteAnswered();
  }

  /** Sends a delayed answer whose time has come. */
  send({ rule, link, content, routed }: DelayedAnswer): void {
    const sent = routed ? this.#route(content) : link.ring.send(content);
    if (sent) rule.noteAnswered();
  }

  /** Passes the packet that was heard on to the sleeping host itself, as if the proxy were not there. */
  passOn(headers: Headers, mac: Uint8Array, out: Link): void {
    const { ring } = this.#to.link;
    sendPacket(ring.bytes.subarray(headers.networkAt, headers.end), out, mac);
  }

  close(): void {
    if (!this.#raw) return;
    for (const holding of this.#raw.holdings()) this.#context.release(holding);
    this.#raw.close();
    this.#raw = undefined;
  }

  #respondNow(memory: Uint8Array, offset: number, length: number): boolean {
    const { sender } = this.#to.link.ring;
    const at = sender.reserve();
    if (at < 0) return false;
    // What is not composed leaves the place reserved for the next frame.
    if (!this.#compose(sender.bytes, at, memory, offset, length)) {
      return this.#route(memory.slice(offset, offset + length));
    }
    sender.commit(this.#speaking().spec.raw ? length : length + ethernetBytes);
    return true;
  }

  #call(): WakeCall {
    const { family, s0, s1, s2, s3 } = this.#to;
    if (family === 0) return { protocol: "timer" };
    const peer = addressText(addressBytes({ family: family === 4 ? 4 : 6, words: [s0, s1, s2, s3] }));
    return { protocol: wakeProtocolOf(this.#protocol), peer };
  }

  #speaking(): Rule {
    if (!this.#rule) throw new Error("a guest spoke that was not called");
    return this.#rule;
  }

  #maySpeak(rule: Rule): boolean {
    if (this.#hostMac !== undefined) return true;
    const { family, s0, s1, s2, s3 } = this.#view;
    if ((s0 | s1 | s2 | s3) === 0) return true;
    return this.#owners.get(family === 4 ? 32 : 128, s0, s1, s2, s3) === rule.sleeper;
  }

  /** Writes the frame; false when only the kernel knows where it goes. */
  #compose(into: Uint8Array, at: number, memory: Uint8Array, offset: number, length: number): boolean {
    const { link } = this.#to;
    const raw = this.#speaking().spec.raw;
    into.set(this.#slice(memory, offset, length), raw ? at : at + ethernetBytes);
    if (this.#hostMac !== undefined) into.set(this.#hostMac, at);
    else if (!raw && !writeDestinationMac(into, at, this.#view, this.#to)) return false;
    writeEthernet(into, at, link, this.#view.family);
    return true;
  }

  /** A view of an answer; the last one's is kept, for guests mostly answer from the same place. */
  #slice(memory: Uint8Array, offset: number, length: number): Uint8Array {
    const last = this.#lastSlice;
    if (last.memory === memory && last.offset === offset && last.slice.length === length) return last.slice;
    this.#lastSlice = { memory, offset, slice: memory.subarray(offset, offset + length) };
    return this.#lastSlice.slice;
  }

  #respondLater(rule: Rule, answer: Uint8Array, delayMs: number): void {
    const content = new Uint8Array(answer.length + (rule.spec.raw ? 0 : ethernetBytes));
    const composed = this.#compose(content, 0, answer, 0, answer.length);
    const delayed = {
      rule,
      link: this.#to.link,
      content: composed ? content : Uint8Array.from(answer),
      routed: !composed,
    };
    if (!this.#events.delay(delayed, delayMs)) rule.counts.refused += 1;
  }

  /** @param packet an IP packet that starts with its header */
  #route(packet: Uint8Array): boolean {
    if (!this.#raw) {
      this.#raw = RawIpSender.open();
      for (const holding of this.#raw.holdings()) this.#context.hold(holding);
    }
    const view = new PacketView();
    if (!view.read(packet, 0, packet.length)) return false;
    const family = view.family === 4 ? 4 : 6;
    return this.#raw.send(packet, addressBytes({ family, words: [view.d0, view.d1, view.d2, view.d3] }));
  }
}

import type { Problem } from "../../schemas/mod.ts";
import { finishChecksum, type PacketRing } from "../linux/mod.ts";
import { AddressTable } from "./address-table.ts";
import { handleArp, handleSolicitation } from "./claims.ts";
import { ethernetBytes, etherType, Headers, type Malformation, protocol } from "./headers.ts";
import type { Link } from "./link.ts";
import { isSolicitation } from "./neighbour.ts";
import type { Rule } from "./rule.ts";
import { RuleIndex } from "./rule-index.ts";
import type { Sleeper } from "./sleeper.ts";
import type { Speaker } from "./speaker.ts";
import type { Streams } from "./streams.ts";

export interface TrafficEvents {
  /** A frame came from the host itself. */
  seen(sleeper: Sleeper, nowMs: number): void;
  /** The rule's program failed on a packet. */
  faulted(rule: Rule, found: Problem): void;
}

/** What the proxy does with each frame: the hot path, in which nothing is made that is not sent. */
export class Traffic {
  /** Rules of the hosts that are stood in for. */
  readonly rules = new RuleIndex<Rule>();
  /** Those hosts by address (bits 32 or 128) and by MAC (bits 48). */
  readonly owners = new AddressTable<Sleeper>();
  readonly macs = new AddressTable<Sleeper>();
  /** Frames not looked at any further, by reason. */
  readonly malformed = new Map<Malformation, number>();
  readonly #headers = new Headers();
  readonly #events: TrafficEvents;
  readonly #streams: Streams;
  #speaker!: Speaker;

  constructor(streams: Streams, events: TrafficEvents) {
    this.#streams = streams;
    this.#events = events;
  }

  /** Who performs what rules answer; it needs the owners first. */
  set speaker(speaker: Speaker) {
    this.#speaker = speaker;
  }

  /** Handles the frame that the link's ring is at. */
  handle(link: Link, nowMs: number): void {
    const { ring } = link;
    // A tagged frame belongs to the VLAN's own interface, which has a ring of its own when a sleeper is there.
    if (ring.vlan !== 0) return;
    const headers = this.#headers;
    const wrong = headers.read(ring.bytes, ring.start, ring.length);
    if (ring.length >= ethernetBytes) {
      const sender = this.macs.get(48, 0, 0, headers.sourceMacHigh, headers.sourceMacLow);
      if (sender !== undefined) this.#events.seen(sender, nowMs);
      // No machine sends from a group address.
      if (sender !== undefined || (headers.sourceMacHigh & 0x0100) !== 0) return;
    }
    if (ring.whole !== undefined) {
      this.#handleWhole(link, ring.whole);
      return;
    }
    if (wrong !== undefined) {
      this.malformed.set(wrong, (this.malformed.get(wrong) ?? 0) + 1);
      return;
    }
    if (headers.etherType === etherType.arp) handleArp(link, headers, this.owners, nowMs);
    if (headers.family === 0 || !this.#isForUs(link)) return;
    if (isSolicitation(ring.bytes, headers) && handleSolicitation(link, headers, this.owners)) return;
    const isSpliced = headers.protocol === protocol.tcp && this.#streams.hasSpliced;
    const count = this.rules.find(headers);
    if (count === 0 && !isSpliced) return;
    if (ring.checksumPending) finish(ring, headers);
    if (isSpliced && this.#streams.hearSpliced(link, headers, ring.bytes)) return;
    this.#speaker.hear(link, headers);
    for (let place = 0; place < count; place += 1) this.#serve(this.rules.found[place]!, link);
  }

  /**
   * Segments of one connection that came together may be handed over as one frame, longer than its slot in the ring. What
   * was segmented is a stream's; rules that see packets see none that no wire could carry.
   */
  #handleWhole(link: Link, bytes: Uint8Array): void {
    const { ring } = link;
    const headers = this.#headers;
    if (headers.read(bytes, 0, bytes.length) !== undefined) return;
    if (headers.protocol !== protocol.tcp || headers.transportAt < 0 || !this.#isForUs(link)) return;
    if (ring.checksumPending) finishChecksum(bytes, headers.transportAt, headers.end, 16);
    if (this.#streams.hasSpliced && this.#streams.hearSpliced(link, headers, bytes)) return;
    const count = this.rules.find(headers);
    for (let place = 0; place < count; place += 1) {
      const rule = this.rules.found[place]!;
      if (rule.spec.stream && rule.live) this.#streams.hear(rule, link, headers, bytes);
    }
  }

  /** The proxy's own frames, those to a group, and those to a sleeping host; others pass by on their way elsewhere. */
  #isForUs({ ring, macHigh, macLow }: Link): boolean {
    const { bytes, start } = ring;
    const high = (bytes[start]! << 8) | bytes[start + 1]!;
    if ((high & 0x0100) !== 0) return true;
    const low =
      (bytes[start + 2]! << 24) | (bytes[start + 3]! << 16) | (bytes[start + 4]! << 8) | bytes[start + 5]!;
    return (low === macLow && high === macHigh) || this.macs.get(48, 0, 0, high, low) !== undefined;
  }

  #serve(rule: Rule, link: Link): void {
    // What an earlier rule did may have ended this one.
    if (!rule.live) return;
    const { ring } = link;
    const headers = this.#headers;
    rule.counts.packets += 1;
    if (rule.spec.stream) {
      this.#streams.hear(rule, link, headers, ring.bytes);
      return;
    }
    const packet = ring.view(rule.spec.raw ? ring.start : headers.networkAt, headers.end);
    this.#speaker.listen(rule);
    rule.gate.enter();
    let found: Problem | undefined;
    try {
      found = rule.guest.processPacket(packet, 0, packet.length, this.#speaker);
    } finally {
      rule.gate.leave();
    }
    if (found === undefined) {
      rule.fine();
      return;
    }
    if (rule.spec.onFault === "accept") this.#passOn(rule, link);
    this.#events.faulted(rule, found);
  }

  /** Leaves the packet alone: the host gets it, asleep as it is. */
  #passOn(rule: Rule, link: Link): void {
    const port = rule.sleeper?.ports[0];
    if (port) this.#speaker.passOn(this.#headers, port.mac, port.link ?? link);
  }
}

/** The kernel left the transport's checksum to hardware that the frame never met. */
function finish(ring: PacketRing, headers: Headers): void {
  const { transportAt: at, end } = headers;
  if (at < 0) return;
  if (headers.protocol === protocol.udp) ring.finishChecksum(at, end, 6);
  else if (headers.protocol === protocol.tcp) ring.finishChecksum(at, end, 16);
  else if (headers.protocol === protocol.icmp6) ring.finishChecksum(at, end, 2);
}

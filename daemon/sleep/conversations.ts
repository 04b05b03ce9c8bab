import { addressBytes } from "./address.ts";
import type { Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import type { Rule } from "./rule.ts";

/** One TCP connection between a peer and a sleeping host's address: where the peer is met, and whose it is. */
export interface Conversation {
  readonly key: string;
  readonly rule: Rule;
  link: Link;
  readonly peerMac: Uint8Array;
  /** Accepted and not closed yet: it is not forgotten for others. */
  pinned: boolean;
  /** Between the peer and the host that woke, by way of the proxy. */
  spliced: boolean;
}

/** Connections that are being opened, or were closed not long ago. */
const looseMax = 4_096;
const flag = { synAckRstFin: 0x17, syn: 0x02 } as const;

/**
 * Which TCP connections are the proxy's own to speak on. One begins with a SYN that the proxy sees; segments of
 * connections that it has not seen begin are the host's, from before it slept, and none of its business.
 */
export class Conversations {
  readonly #known = new Map<string, Conversation>();
  /** The same, those that are not pinned, the oldest first. */
  readonly #loose = new Map<string, Conversation>();
  #spliced = 0;

  /** How many are spliced: while there are none, nobody needs to ask. */
  get spliced(): number {
    return this.#spliced;
  }

  get(key: string): Conversation | undefined {
    return this.#known.get(key);
  }

  /** Notes where the peer of a connection is that it opens; the oldest loose one gives way. */
  begin(key: string, rule: Rule, link: Link): Conversation {
    const before = this.#known.get(key);
    if (before?.pinned) return before;
    if (before) this.forget(before);
    const [oldest] = this.#loose.size >= looseMax ? this.#loose.values() : [];
    if (oldest) this.forget(oldest);
    const made = { key, rule, link, peerMac: new Uint8Array(6), pinned: false, spliced: false };
    this.#known.set(key, made);
    this.#loose.set(key, made);
    return made;
  }

  pin(one: Conversation): void {
    one.pinned = true;
    this.#loose.delete(one.key);
  }

  splice(one: Conversation): void {
    one.spliced = true;
    this.#spliced += 1;
  }

  /** Last segments may still come: it is forgotten when others need the room. */
  loosen(one: Conversation): void {
    one.pinned = false;
    this.#loose.set(one.key, one);
  }

  forget(one: Conversation): void {
    this.#known.delete(one.key);
    this.#loose.delete(one.key);
    if (one.spliced) this.#spliced -= 1;
  }

  /** Forgets all of a rule but those that are the host's by now. */
  forgetRule(rule: Rule): void {
    for (const one of this.#known.values()) if (one.rule === rule && !one.spliced) this.forget(one);
  }
}

/** Opens a connection: SYN and nothing that goes with another segment. */
export function isOpening(bytes: Uint8Array, headers: Headers): boolean {
  return (bytes[headers.transportAt + 13]! & flag.synAckRstFin) === flag.syn;
}

/** Names a connection by its two ends, as a packet from the peer has them. */
export function keyOfPacket(bytes: Uint8Array, headers: Headers): string {
  const { networkAt: at, family, sourcePort, destinationPort } = headers;
  const [from, length] = family === 4 ? [at + 12, 4] : [at + 8, 16];
  const peer = bytes.subarray(from, from + length);
  return connectionKey(peer, sourcePort, bytes.subarray(from + length, from + 2 * length), destinationPort);
}

export function connectionKey(peer: Uint8Array, peerPort: number, own: Uint8Array, ownPort: number): string {
  return `${hex(peer)} ${peerPort} ${hex(own)} ${ownPort}`;
}

/** The same, of a packet to the peer: IPv4 or IPv6 with TCP and nothing in between; undefined for anything else. */
export function keyOfAnswer(packet: Uint8Array): string | undefined {
  const isIpv4 = packet[0]! >>> 4 === 4;
  const transport = isIpv4 ? (packet[0]! & 15) * 4 : 40;
  const tcp = 6;
  if (packet.length < transport + 20 || packet[isIpv4 ? 9 : 6] !== tcp) return undefined;
  const [from, length] = isIpv4 ? [12, 4] : [8, 16];
  const own = packet.subarray(from, from + length);
  const peer = packet.subarray(from + length, from + 2 * length);
  const port = (at: number) => (packet[at]! << 8) | packet[at + 1]!;
  return connectionKey(peer, port(transport + 2), own, port(transport));
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");

/** Addresses of a rule that connections can be accepted at. */
export function listenAddresses(rule: Rule): Uint8Array[] {
  return rule.prefixes.filter(({ family, bits }) => bits === (family === 4 ? 32 : 128)).map(addressBytes);
}

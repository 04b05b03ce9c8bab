import { type StreamGuest, streamBytesMax } from "../../modules/mod.ts";
import { type Problem, ProblemError } from "../../schemas/mod.ts";
import { acceptTcp, closeTcp, type IngressDrops, PrivateStack, readTcp } from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";
import { addressText, wordsOf } from "./address.ts";
import { Connection, encodeEnds, type StreamEnds } from "./connection.ts";
import {
  Conversations,
  connectionKey,
  isOpening,
  keyOfAnswer,
  keyOfPacket,
  listenAddresses,
} from "./conversations.ts";
import { ethernetBytes, type Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import { writeEthernet } from "./outgoing.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import { Splices } from "./splices.ts";
import { StreamRules } from "./stream-rules.ts";
import type { WakeCall } from "./wakes.ts";
import { Watch } from "./watch.ts";

const connectionsPerRuleMax = 128;
const connectionsMax = 512;
const backlog = 128;
const acceptedPerTurnMax = 64;
const packetsPerTurnMax = 512;
const sweepEveryMs = 250;
/** Nothing moved, either way, for this long. */
const idleMs = 5 * 60_000;
/** A host that was to answer has not woken. */
const heldMs = 60_000;
/** After the stream was ended from here the peer has this long to end it too. */
const endedMs = 5_000;

export interface StreamEvents {
  /** The rule wants its host awake, for what it was called for. */
  wanted(rule: Rule, call: WakeCall): void;
  faulted(rule: Rule, found: Problem): void;
}

/** A socket that connections to a sleeping host's address are accepted from. */
interface Listener {
  fd: number;
  rule: Rule;
  address: Uint8Array;
  port: number;
}

/**
 * Rules that speak on TCP connections (docs/sleep.md). A kernel's TCP that only this engine speaks with does the protocol:
 * segments for a rule's address and port go into it as they come from the packet ring, and what it sends goes back to
 * where they came from. Rules see bytes.
 */
export class Streams {
  readonly #context: LoopContext;
  readonly #events: StreamEvents;
  readonly #conversations = new Conversations();
  readonly #connections = new Map<number, Connection>();
  readonly #rules = new StreamRules(this.#connections);
  readonly #listeners = new Map<Rule, Listener[]>();
  readonly #buffer = new Uint8Array(streamBytesMax);
  #stack: PrivateStack | undefined;
  #watch: Watch | undefined;
  #splices: Splices | undefined;
  #numbered = 0;
  #nowMs = 0;
  #sweepMs = Number.POSITIVE_INFINITY;

  constructor(context: LoopContext, events: StreamEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** Makes the TCP stack, once. Throws `linux.*` problems. */
  prepare(): void {
    if (this.#stack) return;
    const stack = PrivateStack.open();
    for (const holding of stack.holdings()) this.#context.hold(holding);
    this.#stack = stack;
    this.#watch = new Watch();
    this.#hold(this.#watch.fd);
    this.#splices = new Splices(this.#conversations, {
      watch: this.#watch,
      buffer: this.#buffer,
      hold: (fd) => this.#hold(fd),
      release: (fd) => this.#context.release({ kind: "descriptor", fd }),
    });
    this.#context.changed();
  }

  descriptors(): number[] {
    return this.#stack && this.#watch ? [this.#stack.fd, this.#watch.fd] : [];
  }

  /** When `turn` wants to be called again. */
  get nextMs(): number {
    return this.#sweepMs;
  }

  /** Connections that go on while their hosts are awake: nobody else may answer their packets. */
  get spliced(): StreamEnds[] {
    return this.#splices?.ends ?? [];
  }

  /** Accepts connections for the rule. One that cannot listen says why (`deaf`), and tries again when its host sleeps again. */
  open(rule: Rule): void {
    const before = rule.deaf;
    rule.deaf = undefined;
    try {
      this.#listen(rule);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      rule.deaf = error.problem;
    }
    if (rule.deaf !== before) this.#context.changed(rule.id);
  }

  /** Throws `linux.*` problems: another rule may have the port. */
  #listen(rule: Rule): void {
    this.prepare();
    const listeners: Listener[] = [];
    this.#listeners.set(rule, listeners);
    try {
      for (const address of listenAddresses(rule)) {
        const port = rule.port as number;
        const fd = (this.#stack as PrivateStack).listen(address, port, backlog);
        this.#hold(fd);
        const listener = { fd, rule, address, port };
        listeners.push(listener);
        this.#watch?.set(fd, () => this.#accept(listener), { read: true, write: false });
      }
    } catch (error) {
      this.close(rule);
      throw error;
    }
  }

  /** Accepts no more, and breaks off what the rule still has. */
  close(rule: Rule): void {
    for (const { fd } of this.#listeners.get(rule) ?? []) {
      this.#watch?.remove(fd);
      this.#context.release({ kind: "descriptor", fd });
      closeTcp(fd, "reset");
    }
    this.#listeners.delete(rule);
    this.reset(rule);
    this.#conversations.forgetRule(rule);
  }

  /** Breaks off what the rule has; its guest is not told, for it failed, or has no more to say. */
  reset(rule: Rule): void {
    for (const connection of this.#connections.values()) {
      if (connection.rule === rule) this.#end(connection, "reset");
    }
    this.#emit();
  }

  /** The rule's timer has expired. */
  tick(rule: Rule): void {
    if (this.#call(rule, (guest) => guest.onTimer(this.#rules))) rule.fine();
  }

  /**
   * The host is awake: connections that wait for it go on with it when the proxy stands on their path, and only then; else
   * their next segments would reach the host, which knows nothing of them, so that they are broken off now.
   */
  awake(sleeper: Sleeper, isOnPath: boolean): void {
    if (!isOnPath) return;
    for (const connection of this.#connections.values()) {
      const { stage, fd, ends, conversation, rule, number } = connection;
      if (stage.kind !== "held" || rule.sleeper !== sleeper) continue;
      this.#connections.delete(number);
      rule.counts.connections -= 1;
      this.#watch?.remove(fd);
      this.#splices?.add({ fd, ends, conversation, first: stage.first }, this.#nowMs);
      this.#sweepMs = this.#nowMs;
      this.#tellClosed(rule, number);
    }
  }

  get hasSpliced(): boolean {
    return this.#conversations.spliced > 0;
  }

  /** Takes a segment of a connection between a peer and a host that is awake; false when it is none of ours. */
  hearSpliced(link: Link, headers: Headers, bytes: Uint8Array): boolean {
    const conversation = this.#conversations.get(keyOfPacket(bytes, headers));
    if (!conversation?.spliced) return false;
    conversation.link = link;
    this.#stack?.receive(bytes.subarray(headers.networkAt, headers.end));
    return true;
  }

  /** Takes a segment for a rule's address and port. Those of connections that the proxy has not seen begin are not its own. */
  hear(rule: Rule, link: Link, headers: Headers, bytes: Uint8Array): void {
    const key = keyOfPacket(bytes, headers);
    let conversation = this.#conversations.get(key);
    if (isOpening(bytes, headers)) {
      // The peer asks again, and by then it is the host that answers.
      const { spec, power } = rule.sleeper as Sleeper;
      if (spec.takeover && power.kind === "waking") return;
      conversation = this.#conversations.begin(key, rule, link);
    }
    if (conversation?.rule !== rule) return;
    conversation.link = link;
    const { ring } = link;
    conversation.peerMac.set(ring.bytes.subarray(ring.start + 6, ring.start + 12));
    this.#stack?.receive(bytes.subarray(headers.networkAt, headers.end));
  }

  /** Handles what has come; answers how much that was. */
  turn(nowMs: number): number {
    this.#nowMs = nowMs;
    if (!this.#watch) return 0;
    const events = this.#watch.turn();
    this.#splices?.settle(nowMs);
    if (nowMs >= this.#sweepMs) this.#sweep();
    return events + this.#emit();
  }

  stop(): void {
    for (const rule of [...this.#listeners.keys()]) this.close(rule);
    this.#splices?.stop();
    this.#emit();
    this.#splices?.settle(Number.POSITIVE_INFINITY);
    if (!this.#stack || !this.#watch) return;
    for (const holding of this.#stack.holdings()) this.#context.release(holding);
    this.#context.release({ kind: "descriptor", fd: this.#watch.fd });
    this.#watch.close();
    this.#stack.close();
    this.#stack = undefined;
    this.#watch = undefined;
  }

  #hold(fd: number): void {
    this.#context.hold({ kind: "descriptor", fd });
  }

  #accept(listener: Listener): void {
    for (let count = 0; count < acceptedPerTurnMax; count += 1) {
      // A rule whose program fails as soon as a connection is there does not listen any more.
      if (!this.#listeners.get(listener.rule)?.includes(listener)) return;
      const accepted = acceptTcp(listener.fd);
      if (!accepted) return;
      const { rule, address: own, port: ownPort } = listener;
      const { fd, address: peer, port: peerPort } = accepted;
      const conversation = this.#conversations.get(connectionKey(peer, peerPort, own, ownPort));
      const isFull =
        rule.counts.connections >= connectionsPerRuleMax || this.#connections.size >= connectionsMax;
      if (conversation === undefined || isFull) {
        rule.counts.refused += 1;
        closeTcp(fd, "reset");
        continue;
      }
      this.#hold(fd);
      this.#conversations.pin(conversation);
      this.#numbered = (this.#numbered + 1) >>> 0;
      const given = {
        number: this.#numbered,
        fd,
        rule,
        ends: { peer, peerPort, own, ownPort },
        conversation,
      };
      this.#begin(new Connection(given, this.#nowMs));
    }
  }

  #begin(connection: Connection): void {
    const { rule, number } = connection;
    this.#connections.set(number, connection);
    rule.counts.connections += 1;
    rule.counts.accepted += 1;
    this.#sweepMs = Math.min(this.#sweepMs, this.#nowMs + sweepEveryMs);
    this.#wait(connection);
    this.#call(rule, (guest) => guest.open(number, encodeEnds(connection.ends), this.#rules), connection);
  }

  #wait(connection: Connection): void {
    const ready = (readable: boolean) => this.#ready(connection, readable);
    this.#watch?.set(connection.fd, ready, connection.interest);
  }

  #ready(connection: Connection, readable: boolean): void {
    if (readable && connection.interest.read && !this.#read(connection)) return;
    if (this.#connections.has(connection.number)) this.#advance(connection);
  }

  /** False when the connection is gone. */
  #read(connection: Connection): boolean {
    const moved = readTcp(connection.fd, this.#buffer);
    if (moved === "later") return true;
    if (moved === "broken") {
      this.#finish(connection, "reset");
      return false;
    }
    connection.movedMs = this.#nowMs;
    const { rule, number } = connection;
    if (moved === 0) {
      connection.peerEnded = true;
      if (connection.stage.kind === "speaking") this.#peerEnded(connection);
    } else if (connection.stage.kind === "speaking") {
      const bytes = this.#buffer.subarray(0, moved);
      const call = (guest: StreamGuest) => guest.data(number, bytes, this.#rules);
      // Only this clears a rule of its faults: one that fails on all it hears accepts connections all the same.
      if (this.#call(rule, call, connection)) rule.fine();
    }
    return this.#connections.has(number);
  }

  #peerEnded(connection: Connection): void {
    const { rule, number } = connection;
    const call = (guest: StreamGuest): Problem | undefined => {
      const result = guest.end(number, this.#rules);
      if (result === false) this.#rules.close(number);
      return typeof result === "boolean" ? undefined : result;
    };
    this.#call(rule, call, connection);
  }

  /** Calls a rule, for what came of a connection or for its timer, then does what it said; false when it failed. */
  #call(rule: Rule, call: Parameters<StreamRules["run"]>[1], about?: Connection): boolean {
    const found = this.#rules.run(rule, call);
    if (found) {
      this.#events.faulted(rule, found);
      return false;
    }
    const wanted = this.#rules.wanted;
    for (const connection of [...this.#rules.touched]) this.#advance(connection);
    if (wanted) this.#events.wanted(rule, about ? wakeCallOf(about) : { protocol: "timer" });
    return true;
  }

  #advance(connection: Connection): void {
    const state = connection.advance(this.#nowMs);
    if (state === "open") this.#wait(connection);
    else this.#finish(connection, state === "gone" ? "orderly" : "reset");
  }

  /** Ends a connection and tells its rule. */
  #finish(connection: Connection, how: "orderly" | "reset"): void {
    this.#end(connection, how);
    this.#tellClosed(connection.rule, connection.number);
  }

  #tellClosed(rule: Rule, number: number): void {
    const found = this.#rules.run(rule, (guest) => guest.close(number));
    if (found) this.#events.faulted(rule, found);
  }

  #end(connection: Connection, how: "orderly" | "reset"): void {
    this.#connections.delete(connection.number);
    connection.rule.counts.connections -= 1;
    this.#watch?.remove(connection.fd);
    this.#context.release({ kind: "descriptor", fd: connection.fd });
    connection.close(how);
    this.#conversations.loosen(connection.conversation);
  }

  #sweep(): void {
    for (const connection of this.#connections.values()) {
      const { stage, movedMs } = connection;
      if (stage.kind === "ended" && this.#nowMs - stage.sinceMs >= endedMs)
        this.#finish(connection, "orderly");
      else if (stage.kind === "held" && this.#nowMs - stage.sinceMs >= heldMs)
        this.#finish(connection, "reset");
      else if (this.#nowMs - movedMs >= idleMs) this.#finish(connection, "reset");
    }
    const isNeeded = this.#connections.size > 0 || (this.#splices?.size ?? 0) > 0;
    this.#sweepMs = isNeeded ? this.#nowMs + sweepEveryMs : Number.POSITIVE_INFINITY;
  }

  /** Sends what the stack has to send to where its peers are; what is for nobody known is lost, as on a wire. */
  #emit(): number {
    let count = 0;
    for (; count < packetsPerTurnMax; count += 1) {
      const packet = this.#stack?.next();
      if (!packet) break;
      const key = keyOfAnswer(packet);
      const conversation = key === undefined ? undefined : this.#conversations.get(key);
      if (conversation) send(conversation.link, conversation.peerMac, packet);
    }
    return count;
  }
}

/** Connections as nftables writes them. */
export function guardedConnections(
  spliced: readonly StreamEnds[],
): Pick<IngressDrops, "connections4" | "connections6"> {
  const write = ({ peer, peerPort, own, ownPort }: StreamEnds): string =>
    `${formatAddress(peer)} . ${peerPort} . ${formatAddress(own)} . ${ownPort}`;
  return {
    connections4: spliced.filter(({ own }) => own.length === 4).map(write),
    connections6: spliced.filter(({ own }) => own.length === 16).map(write),
  };
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: 8 }, (_, group) => view.getUint16(group * 2).toString(16)).join(":");
}

function send(link: Link, mac: Uint8Array, packet: Uint8Array): void {
  const { sender } = link.ring;
  const length = packet.length + ethernetBytes;
  const at = length <= sender.frameBytesMax ? sender.reserve() : -1;
  if (at < 0) return;
  sender.bytes.set(packet, at + ethernetBytes);
  sender.bytes.set(mac, at);
  writeEthernet(sender.bytes, at, link, packet[0]! >>> 4);
  sender.commit(length);
}

function wakeCallOf({ ends: { peer } }: Connection): WakeCall {
  const family = peer.length === 4 ? 4 : 6;
  return { protocol: "TCP", peer: addressText({ family, words: wordsOf(peer) }) };
}

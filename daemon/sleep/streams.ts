import { type StreamGuest, streamBytesMax } from "../../modules/mod.ts";
import { addressText, type Problem, ProblemError } from "../../schemas/mod.ts";
import { type Accepted, closeTcp, PrivateStack, readTcp } from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";
import { Connection, encodeEnds, type StreamEnds } from "./connection.ts";
import { Conversations, connectionKey, isOpening, keyOfAnswer, keyOfPacket } from "./conversations.ts";
import type { Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import { type Listener, Listeners } from "./listeners.ts";
import { sendPacket } from "./outgoing.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import { Splices } from "./splices.ts";
import { StreamRules } from "./stream-rules.ts";
import type { WakeCall } from "./wakes.ts";
import { Watch } from "./watch.ts";

const connectionsPerRuleMax = 128;
const connectionsMax = 512;
const packetsPerTurnMax = 512;
const emitTurnsMax = 4;
const sweepEveryMs = 250;

export interface StreamEvents {
  /** The rule wants its host awake, for what it was called for. */
  wanted(rule: Rule, call: WakeCall): void;
  faulted(rule: Rule, found: Problem): void;
}

/** What there is once a rule with streams was installed. */
interface Open {
  stack: PrivateStack;
  watch: Watch;
  listeners: Listeners;
  splices: Splices;
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
  readonly #buffer = new Uint8Array(streamBytesMax);
  #open: Open | undefined;
  #numbered = 0;
  #nowMs = 0;
  #sweepMs = Number.POSITIVE_INFINITY;

  constructor(context: LoopContext, events: StreamEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** Makes the TCP stack, once. Throws `linux.*` problems. */
  prepare(): void {
    this.#prepared();
  }

  #prepared(): Open {
    if (this.#open) return this.#open;
    const stack = PrivateStack.open();
    for (const holding of stack.holdings()) this.#context.hold(holding);
    const watch = new Watch();
    const hold = (fd: number) => this.#context.hold({ kind: "descriptor", fd });
    const release = (fd: number) => this.#context.release({ kind: "descriptor", fd });
    hold(watch.fd);
    const accepted = (listener: Listener, one: Accepted) => this.#accept(listener, one);
    this.#open = {
      stack,
      watch,
      listeners: new Listeners({ stack, watch, hold, release, accepted }),
      splices: new Splices(this.#conversations, { watch, buffer: this.#buffer, hold, release }),
    };
    this.#context.changed();
    return this.#open;
  }

  descriptors(): number[] {
    return this.#open ? [this.#open.stack.fd, this.#open.watch.fd] : [];
  }

  /** When `turn` wants to be called again. */
  get nextMs(): number {
    return this.#sweepMs;
  }

  /** Connections that go on while their hosts are awake: nobody else may answer their packets. */
  get spliced(): StreamEnds[] {
    return this.#open?.splices.ends ?? [];
  }

  /** Accepts connections for the rule. One that cannot listen says why (`deaf`), and tries again when its host sleeps again. */
  open(rule: Rule): void {
    const before = rule.deaf;
    rule.deaf = undefined;
    try {
      this.#prepared().listeners.open(rule);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      rule.deaf = error.problem;
    }
    if (rule.deaf !== before) this.#context.changed(rule.id);
  }

  /** Accepts no more, and breaks off what the rule still has. */
  close(rule: Rule): void {
    this.#open?.listeners.close(rule);
    this.reset(rule);
    this.#conversations.forgetRule(rule);
  }

  /** Breaks off what the rule has; its guest is not told, for it failed, or has no more to say. */
  reset(rule: Rule): void {
    for (const connection of this.#connections.values()) {
      if (connection.rule === rule) this.#end(connection, "reset");
    }
    this.#emitAll();
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
      this.#open?.watch.remove(fd);
      this.#open?.splices.add({ fd, ends, conversation, first: stage.first }, this.#nowMs);
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
    this.#open?.stack.receive(bytes.subarray(headers.networkAt, headers.end));
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
    this.#open?.stack.receive(bytes.subarray(headers.networkAt, headers.end));
  }

  /** Handles what has come; answers how much that was. */
  turn(nowMs: number): number {
    this.#nowMs = nowMs;
    if (!this.#open) return 0;
    const events = this.#open.watch.turn();
    this.#open.splices.settle(nowMs);
    if (nowMs >= this.#sweepMs) this.#sweep();
    return events + this.#emit();
  }

  stop(): void {
    if (!this.#open) return;
    const { stack, watch, listeners, splices } = this.#open;
    for (const rule of listeners.rules) this.close(rule);
    splices.stop();
    this.#emitAll();
    splices.settle(Number.POSITIVE_INFINITY);
    for (const holding of stack.holdings()) this.#context.release(holding);
    this.#context.release({ kind: "descriptor", fd: watch.fd });
    watch.close();
    stack.close();
    this.#open = undefined;
  }

  #accept({ rule, address: own, port: ownPort }: Listener, accepted: Accepted): void {
    const { fd, address: peer, port: peerPort } = accepted;
    const conversation = this.#conversations.get(connectionKey(peer, peerPort, own, ownPort));
    const isFull =
      rule.counts.connections >= connectionsPerRuleMax || this.#connections.size >= connectionsMax;
    if (conversation === undefined || isFull) {
      rule.counts.refused += 1;
      closeTcp(fd, "reset");
      return;
    }
    this.#context.hold({ kind: "descriptor", fd });
    this.#conversations.pin(conversation);
    this.#numbered = (this.#numbered + 1) >>> 0;
    const ends = { peer, peerPort, own, ownPort };
    this.#begin(new Connection({ number: this.#numbered, fd, rule, ends, conversation }, this.#nowMs));
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
    this.#open?.watch.set(connection.fd, ready, connection.interest);
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
    this.#open?.watch.remove(connection.fd);
    this.#context.release({ kind: "descriptor", fd: connection.fd });
    connection.close(how);
    this.#conversations.loosen(connection.conversation);
  }

  #sweep(): void {
    for (const connection of this.#connections.values()) {
      const how = connection.overdue(this.#nowMs);
      if (how) this.#finish(connection, how);
    }
    const isNeeded = this.#connections.size > 0 || (this.#open?.splices.size ?? 0) > 0;
    this.#sweepMs = isNeeded ? this.#nowMs + sweepEveryMs : Number.POSITIVE_INFINITY;
  }

  /** Before those are forgotten to whom it goes; the stack's device holds a few hundred packets. */
  #emitAll(): void {
    for (let turns = 0; turns < emitTurnsMax && this.#emit() === packetsPerTurnMax; turns += 1);
  }

  /** Sends what the stack has to send to where its peers are; what is for nobody known is lost, as on a wire. */
  #emit(): number {
    let count = 0;
    for (; count < packetsPerTurnMax; count += 1) {
      const packet = this.#open?.stack.next();
      if (!packet) break;
      const key = keyOfAnswer(packet);
      const conversation = key === undefined ? undefined : this.#conversations.get(key);
      if (conversation) sendPacket(packet, conversation.link, conversation.peerMac);
    }
    return count;
  }
}

function wakeCallOf({ ends: { peer } }: Connection): WakeCall {
  return { protocol: "TCP", peer: addressText(peer) };
}

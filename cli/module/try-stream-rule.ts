import { type StreamGuest, type StreamSink, streamBytesMax } from "../../modules/mod.ts";
import { type Problem, problem } from "../../schemas/mod.ts";
import type { Trial } from "./module-under-test.ts";
import { packetFor } from "./packet-for.ts";
import type { CapturedPacket } from "./read-capture.ts";
import { type TransportPacket, tcpFlags, transportPacket } from "./transport-payload.ts";
import { withTimeLimit } from "./with-time-limit.ts";

export interface StreamAction {
  kind: "send" | "close" | "reset" | "wake" | "hand-over";
  connection?: number;
  bytes?: Uint8Array;
}

/** One call into a rule that speaks on TCP connections, and what it did. */
export interface StreamStep {
  call: "stream_open" | "stream_data" | "stream_end" | "stream_close";
  timeMs: number;
  connection: number;
  bytes: number;
  actions: StreamAction[];
  problem?: Problem;
}

type Work = (sink: StreamSink) => Problem | boolean | undefined;

/** Lets a rule see one connection whose peer says all these bytes and no more. */
export function* tryBytes(guest: StreamGuest, bytes: Uint8Array, trial: Trial): Generator<StreamStep> {
  const call = caller(trial);
  yield call("stream_open", 1, 0, (sink) => guest.open(1, new Uint8Array(38).fill(4, 0, 1), sink));
  for (let at = 0; at < bytes.length; at += streamBytesMax) {
    const part = bytes.subarray(at, at + streamBytesMax);
    yield call("stream_data", 1, part.length, (sink) => guest.data(1, part, sink));
  }
  yield call("stream_end", 1, 0, (sink) => guest.end(1, sink));
  yield call("stream_close", 1, 0, () => guest.close(1));
}

interface Connection {
  number: number;
  next: number;
}

/** Lets a rule see the connections of a capture, as their clients opened them and what these said. */
export function* tryConnections(
  guest: StreamGuest,
  packets: Iterable<CapturedPacket>,
  trial: Trial,
): Generator<StreamStep> {
  const call = caller(trial);
  const connections = new Map<string, Connection>();
  let opened = 0;
  let start: number | undefined;
  for (const captured of packets) {
    start ??= captured.timeMs;
    trial.clock.nowMs = Math.max(trial.clock.nowMs, captured.timeMs - start);
    const bytes = packetFor(captured, false);
    const packet = bytes && transportPacket(bytes);
    if (packet?.protocol !== "TCP") continue;
    const key = keyOf(packet);
    let known = connections.get(key);
    if ((packet.flags & (tcpFlags.syn | tcpFlags.ack)) === tcpFlags.syn && !known) {
      known = { number: ++opened, next: (packet.sequence + 1) >>> 0 };
      connections.set(key, known);
      const { number } = known;
      yield call("stream_open", number, 0, (sink) => guest.open(number, endsOf(packet), sink));
    }
    if (!known) continue;
    const { number } = known;
    const fresh = freshBytes(known, packet);
    if (fresh.length > 0)
      yield call("stream_data", number, fresh.length, (sink) => guest.data(number, fresh, sink));
    if ((packet.flags & tcpFlags.fin) !== 0)
      yield call("stream_end", number, 0, (sink) => guest.end(number, sink));
    if ((packet.flags & (tcpFlags.fin | tcpFlags.reset)) === 0) continue;
    yield call("stream_close", number, 0, () => guest.close(number));
    connections.delete(key);
  }
}

/** What is sent again is not heard again. */
function freshBytes(connection: Connection, { payload, sequence, flags }: TransportPacket): Uint8Array {
  if ((flags & tcpFlags.syn) !== 0) return payload.subarray(payload.length);
  const heard = (connection.next - sequence) | 0;
  if (heard < 0 || heard >= payload.length) return payload.subarray(payload.length);
  connection.next = (sequence + payload.length) >>> 0;
  return payload.subarray(heard);
}

function keyOf({ source, destination }: TransportPacket): string {
  return [source, destination]
    .map(({ address, port }) => `${Buffer.from(address).toString("hex")}:${port}`)
    .join(">");
}

/** As `StreamGuest.open` wants it: the peer is who opened the connection. */
function endsOf({ source, destination }: TransportPacket): Uint8Array {
  const ends = Buffer.alloc(38);
  ends[0] = source.address.length === 16 ? 6 : 4;
  ends.writeUInt16BE(source.port, 2);
  ends.writeUInt16BE(destination.port, 4);
  ends.set(source.address, 6);
  ends.set(destination.address, 22);
  return ends;
}

function caller({ name, limitMs, clock }: Trial) {
  return (call: StreamStep["call"], connection: number, bytes: number, work: Work): StreamStep => {
    const actions: StreamAction[] = [];
    const step = { call, timeMs: clock.nowMs, connection, bytes };
    const found = withTimeLimit(() => work(recorder(actions)), limitMs);
    if (found === "late")
      return { ...step, actions: [], problem: problem("module.too-slow", { module: name, call, limitMs }) };
    return typeof found === "object" ? { ...step, actions, problem: found } : { ...step, actions };
  };
}

function recorder(actions: StreamAction[]): StreamSink {
  const copy = (memory: Uint8Array, offset: number, length: number) => memory.slice(offset, offset + length);
  return {
    send: (connection, ...bytes) => actions.push({ kind: "send", connection, bytes: copy(...bytes) }),
    close: (connection) => actions.push({ kind: "close", connection }),
    reset: (connection) => actions.push({ kind: "reset", connection }),
    wake: () => actions.push({ kind: "wake" }),
    handOver: (connection, ...bytes) =>
      actions.push({ kind: "hand-over", connection, bytes: copy(...bytes) }),
  };
}

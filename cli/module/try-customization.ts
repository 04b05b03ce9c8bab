import { type CustomizationGuest, type CustomizedFlow, encodeFlowContext } from "../../modules/mod.ts";
import { type Problem, problem } from "../../schemas/mod.ts";
import { describePacket } from "./describe-packet.ts";
import type { Trial } from "./module-under-test.ts";
import { packetFor } from "./packet-for.ts";
import type { CapturedPacket } from "./read-capture.ts";
import { type TransportPacket, transportPacket, withPayload } from "./transport-payload.ts";
import { askGuest, type Said, TriedStream } from "./tried-stream.ts";
import { withTimeLimit } from "./with-time-limit.ts";

/** The two ends of the flows; one of them when only that is tried. */
export interface Ends {
  sender?: CustomizationGuest;
  receiver?: CustomizationGuest;
}

/** A message on its way through both ends. */
export interface CustomizationStep {
  number: number;
  timeMs: number;
  summary: string;
  sent: Said[];
  received: Said[];
  /** Whether what comes out is what went in; undefined when some of it waits, was dropped, or one end alone was tried. */
  isSame?: boolean;
  /** What is on the wire: a packet of the capture's, or bytes of the stream. */
  wire: Uint8Array;
  problem?: Problem;
}

/** Lets a customization see the datagrams of a capture. */
export function* tryDatagrams(
  ends: Ends,
  packets: Iterable<CapturedPacket>,
  trial: Trial,
): Generator<CustomizationStep> {
  const flows = new Map<string, { sender: CustomizedFlow; receiver: CustomizedFlow }>();
  let start: number | undefined;
  let number = 0;
  for (const captured of packets) {
    number++;
    start ??= captured.timeMs;
    trial.clock.nowMs = Math.max(trial.clock.nowMs, captured.timeMs - start);
    const bytes = packetFor(captured, false);
    const packet = bytes && transportPacket(bytes);
    if (packet?.protocol !== "UDP") continue;
    const key = [packet.source, packet.destination]
      .map(({ address, port }) => `${address}:${port}`)
      .join(">");
    const flow = flows.get(key) ?? flowsOf(flows.size + 1, packet);
    flows.set(key, flow);
    const step = { number, timeMs: trial.clock.nowMs, summary: describePacket(packet.packet) };
    yield tryDatagram(ends, flow, packet, { step, trial });
  }
}

function tryDatagram(
  ends: Ends,
  flow: { sender: CustomizedFlow; receiver: CustomizedFlow },
  packet: TransportPacket,
  { step, trial }: { step: { number: number; timeMs: number; summary: string }; trial: Trial },
): CustomizationStep {
  const made: CustomizationStep = { ...step, sent: [], received: [], wire: packet.packet };
  let payload: Uint8Array | undefined = packet.payload;
  for (const [end, direction, list] of [
    ["sender", "send", made.sent],
    ["receiver", "receive", made.received],
  ] as const) {
    const guest = ends[end];
    if (!guest || payload === undefined) continue;
    const shown: Uint8Array = payload;
    const said = within(trial, direction, () => askGuest(guest, direction, flow[end], shown));
    if ("code" in said) return { ...made, problem: said };
    list.push(said);
    if (said.verdict === "drop") payload = undefined;
    else if (said.verdict === "customized") payload = said.bytes;
    if (direction === "send") made.wire = payload ? withPayload(packet, payload) : new Uint8Array(0);
  }
  if (!ends.sender || !ends.receiver || !payload) return made;
  return { ...made, isSame: Buffer.compare(payload, packet.payload) === 0 };
}

/** Lets a customization see bytes of a stream, so many at once. */
export function* tryStream(
  ends: Ends,
  bytes: Uint8Array,
  chunkBytes: number,
  trial: Trial,
): Generator<CustomizationStep> {
  const none = { address: new Uint8Array(4), port: 0 };
  const flow = flowsOf(1, { protocol: "TCP", source: none, destination: none });
  const there = ends.sender && new TriedStream(ends.sender, "send", flow.sender);
  const back = ends.receiver && new TriedStream(ends.receiver, "receive", flow.receiver);
  let got = 0;
  let isSame = true;
  for (let at = 0, number = 1; at < bytes.length; at += chunkBytes, number++) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    const isEnd = at + chunkBytes >= bytes.length;
    const step = { number, timeMs: 0, summary: `bytes ${at} to ${at + chunk.length - 1}` };
    const sent = pushed(trial, "send", there, chunk, isEnd);
    if ("code" in sent) return yield { ...step, sent: [], received: [], wire: chunk, problem: sent };
    const wire = there ? outputOf(sent) : chunk;
    const received = pushed(trial, "receive", back, wire, isEnd);
    if ("code" in received) return yield { ...step, sent, received: [], wire, problem: received };
    const out = outputOf(received);
    isSame &&= Buffer.compare(out, bytes.subarray(got, got + out.length)) === 0;
    got += out.length;
    const isJudged = isEnd && there && back;
    yield { ...step, sent, received, wire, ...(isJudged && { isSame: isSame && got === bytes.length }) };
  }
}

function pushed(
  trial: Trial,
  call: "send" | "receive",
  stream: TriedStream | undefined,
  bytes: Uint8Array,
  isEnd: boolean,
): Said[] | Problem {
  if (!stream) return [];
  const all = within(trial, call, () => [...stream.push(bytes, isEnd)]);
  if ("code" in all) return all;
  const last = all.at(-1);
  return last && "code" in last ? last : (all as Said[]);
}

function outputOf(said: readonly Said[]): Uint8Array {
  return Buffer.concat(said.map(({ bytes }) => bytes));
}

function within<T>({ name, limitMs }: Trial, direction: "send" | "receive", work: () => T): T | Problem {
  const found = withTimeLimit(work, limitMs);
  if (found !== "late") return found;
  return problem("module.too-slow", {
    ...{ module: name, call: direction === "send" ? "cust_send" : "cust_recv", limitMs },
  });
}

function flowsOf(
  number: number,
  { protocol, source, destination }: Pick<TransportPacket, "protocol" | "source" | "destination">,
): { sender: CustomizedFlow; receiver: CustomizedFlow } {
  const application = { process: process.pid, task: "test", group: "test" };
  const sender = encodeFlowContext({
    ...application,
    protocol,
    role: "sender",
    local: source,
    remote: destination,
  });
  const receiver = encodeFlowContext({
    ...{ ...application, protocol, role: "receiver", local: destination, remote: source },
  });
  return { sender: { number, context: sender, flags: 0 }, receiver: { number, context: receiver, flags: 0 } };
}

import {
  type CompiledModule,
  CustomizationGuest,
  type CustomizedFlow,
  encodeFlowContext,
  flowFlags,
  verdicts,
} from "../modules/mod.ts";
import { addressBytes, type Reading, type ReadQuestion, type SeenEnd } from "../schemas/mod.ts";

/** A module that takes a stream in smaller bites than this many in a row is not read any further. */
const bitesMax = 65_536;

/**
 * What an application would have been given of messages that were seen on their way (layer-4.5 §2.1.2): shows them to the module
 * as if they arrived. Pure but for the guest, which may run for ever: whoever calls watches the thread. Throws a `ProblemError`
 * when the module does not start.
 */
export function readMessages(module: CompiledModule, question: ReadQuestion): Reading {
  const { unit, role, config, limits, flow, messages } = question;
  const guest = new CustomizationGuest(module, { name: unit, role, config, limits });
  const context = encodeFlowContext({
    protocol: flow.protocol,
    role,
    local: endOf(flow.destination),
    remote: endOf(flow.source),
    process: 0,
    task: "",
    group: "",
  });
  const seen = { number: 1, context, flags: flow.protocol === "TCP" ? flowFlags.end : 0 };
  const opened = guest.openFlow(seen);
  if (opened === false) return { kind: "notMine" };
  if (opened !== true) return { kind: "failed", problem: opened };
  return flow.protocol === "UDP"
    ? readDatagrams(guest, seen, messages)
    : readStream(guest, seen, Buffer.concat(messages));
}

/** A datagram that is not the module's is plain already; one that it drops is nothing to an application. */
function readDatagrams(
  guest: CustomizationGuest,
  flow: CustomizedFlow,
  messages: readonly Uint8Array[],
): Reading {
  const plain: Uint8Array[] = [];
  let isRead = false;
  for (const message of messages) {
    const failed = guest.receive(flow, message, 0, message.length);
    if (failed) return { kind: "failed", problem: failed };
    const { verdict } = guest.answer;
    isRead ||= verdict === verdicts.customized;
    if (verdict === verdicts.customized) plain.push(piecesOf(guest));
    else if (verdict !== verdicts.drop) plain.push(message);
  }
  return isRead ? { kind: "plain", messages: plain } : { kind: "notMine" };
}

function readStream(guest: CustomizationGuest, flow: CustomizedFlow, stream: Uint8Array): Reading {
  const plain: Uint8Array[] = [];
  let isRead = false;
  let at = 0;
  for (let bites = 0; at < stream.length && bites < bitesMax; bites++) {
    const failed = guest.receive(flow, stream, at, stream.length - at);
    if (failed) return { kind: "failed", problem: failed };
    const { verdict, consumed } = guest.answer;
    const length = verdict === verdicts.more || consumed === 0 ? stream.length - at : consumed;
    isRead ||= verdict === verdicts.customized;
    if (verdict === verdicts.customized) plain.push(piecesOf(guest));
    else if (verdict !== verdicts.drop) plain.push(stream.subarray(at, at + length));
    at += length;
  }
  return isRead ? { kind: "plain", messages: [Buffer.concat(plain)] } : { kind: "notMine" };
}

function piecesOf({ answer }: CustomizationGuest): Uint8Array {
  const bytes = new Uint8Array(answer.bytes);
  answer.copyTo(bytes, 0);
  return bytes;
}

function endOf({ address, port }: SeenEnd): { address: Uint8Array; port: number } {
  const bytes = addressBytes(address);
  if (!bytes) throw new Error(`"${address}" is no address`);
  return { address: bytes, port };
}

import { ruleText, wasmData, wat } from "../../modules/wat.ts";
import { ipv4, udp } from "./frames.ts";

/** A rule that answers each datagram with one from the host to this port of the client. */
export function answeringRule(port: number): Uint8Array {
  return answers({ process: "(i32.const 512)" }, { source: [10, 9, 0, 5], destination: [10, 9, 0, 1] }, port);
}

/** A rule that has one datagram, from the client, for this port of its host when that wakes. */
export function keepingRule(port: number): Uint8Array {
  const more = `(func (export "on_wakeup") (result i32) (i32.const 512))`;
  return answers({ more }, { source: [10, 9, 0, 1], destination: [10, 9, 0, 5] }, port);
}

function answers(
  { process, more = "" }: { process?: string; more?: string },
  ends: { source: number[]; destination: number[] },
  port: number,
): Uint8Array {
  const packet = ipv4(udp(port), ends);
  const size = Uint8Array.of(packet.length, 0, 0, 0);
  const answer = wasmData(512, Uint8Array.of(2, ...size, ...packet));
  return wat(ruleText({ ...(process && { process }), more: `${more} ${answer}` }));
}

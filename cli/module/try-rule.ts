import type { ReactionSink, SleepGuest } from "../../modules/mod.ts";
import { type Problem, problem } from "../../schemas/mod.ts";
import { describePacket, networkPart } from "./describe-packet.ts";
import { packetFor } from "./packet-for.ts";
import type { CapturedPacket } from "./read-capture.ts";
import { withTimeLimit } from "./with-time-limit.ts";

export type Reaction =
  | { kind: "wake" }
  | { kind: "respond"; delayMs: number; bytes: Uint8Array; summary: string };

/** One call into the rule, and what came of it. */
export interface Step {
  /** Of the packet in the capture, from 1 on; undefined for the timer and for the waking. */
  number: number | undefined;
  call: "process_packet" | "on_timer" | "on_wakeup";
  /** Since the first packet. */
  timeMs: number;
  summary: string;
  reactions: Reaction[];
  problem?: Problem;
}

export interface TryOptions {
  name: string;
  raw: boolean;
  intervalMs: number | undefined;
  wakeup: boolean;
  limitMs: number;
  /** The guest's clock is read here; it is set to the capture's before each call. */
  clock: { nowMs: number };
}

/** Timers due between two packets far apart; more of them would only say the same again. */
const timersMax = 100_000;

/** Lets a rule live through a capture: its packets, a timer that runs by the capture's clock, the waking at the end. */
export function* tryRule(
  guest: SleepGuest,
  packets: Iterable<CapturedPacket>,
  options: TryOptions,
): Generator<Step> {
  const { clock, intervalMs } = options;
  let start: number | undefined;
  let timers = 0;
  let number = 0;
  for (const packet of packets) {
    number++;
    start ??= packet.timeMs;
    const timeMs = packet.timeMs - start;
    while (intervalMs !== undefined && (timers + 1) * intervalMs <= timeMs && timers < timersMax) {
      timers++;
      clock.nowMs = timers * intervalMs;
      yield runStep(
        { number: undefined, call: "on_timer", timeMs: clock.nowMs, summary: "" },
        options,
        (sink) => guest.onTimer(sink),
      );
    }
    clock.nowMs = Math.max(clock.nowMs, timeMs);
    const bytes = packetFor(packet, options.raw);
    if (!bytes) continue;
    const summary = describePacket(options.raw ? networkPart(bytes) : bytes);
    yield runStep({ number, call: "process_packet", timeMs, summary }, options, (sink) =>
      guest.processPacket(bytes, 0, bytes.length, sink),
    );
  }
  if (options.wakeup)
    yield runStep(
      { number: undefined, call: "on_wakeup", timeMs: clock.nowMs, summary: "" },
      options,
      (sink) => guest.onWakeup(sink),
    );
}

function runStep(
  step: Omit<Step, "reactions" | "problem">,
  options: TryOptions,
  call: (sink: ReactionSink) => Problem | undefined,
): Step {
  const reactions: Reaction[] = [];
  const sink: ReactionSink = {
    wake: () => reactions.push({ kind: "wake" }),
    respond(memory, offset, length, delayMs) {
      const bytes = memory.slice(offset, offset + length);
      const summary = describePacket(options.raw ? networkPart(bytes) : bytes);
      reactions.push({ kind: "respond", delayMs, bytes, summary });
    },
  };
  const found = withTimeLimit(() => call(sink), options.limitMs);
  if (found === "late") {
    const late = problem("module.too-slow", {
      module: options.name,
      call: step.call,
      limitMs: options.limitMs,
    });
    return { ...step, reactions: [], problem: late };
  }
  return found ? { ...step, reactions, problem: found } : { ...step, reactions };
}

import { compileModule, type ReactionSink, SleepGuest, sleepAbi, standardModule } from "../../modules/mod.ts";

export type Reaction = "wake" | { packet: Buffer; delayMs: number };

export interface RunningRule {
  /** Each throws when the rule faults. */
  packet(bytes: Uint8Array): Reaction[];
  timer(): Reaction[];
  wakeup(): Reaction[];
  memoryBytes(): number;
}

export interface RuleOptions {
  config?: unknown;
  raw?: boolean;
  nowMs?: () => number;
}

/** Starts a standard rule as the sleep engine would. */
export function runRule(name: string, options: RuleOptions = {}): RunningRule {
  const bytes = standardModule(name);
  if (!bytes) throw new Error(`no standard rule ${name}`);
  return runModule(bytes, options);
}

export function runModule(bytes: Uint8Array, { nowMs, ...options }: RuleOptions = {}): RunningRule {
  const compiled = compileModule(bytes, sleepAbi, "rule");
  if (compiled.kind === "refused") throw new Error(compiled.problems.map((one) => one.message).join("\n"));
  const services = { nowMs: nowMs ?? (() => 0), log: () => undefined };
  const guest = new SleepGuest(compiled.module, { limits: { memoryBytes: 1 << 20 }, services, ...options });
  const collect = (call: (sink: ReactionSink) => { message: string } | undefined): Reaction[] => {
    const reactions: Reaction[] = [];
    const failed = call({
      wake: () => reactions.push("wake"),
      respond(memory, offset, length, delayMs) {
        reactions.push({ packet: Buffer.from(memory.subarray(offset, offset + length)), delayMs });
      },
    });
    if (failed) throw new Error(failed.message);
    return reactions;
  };
  return {
    packet: (packet) => collect((sink) => guest.processPacket(packet, 0, packet.length, sink)),
    timer: () => collect((sink) => guest.onTimer(sink)),
    wakeup: () => collect((sink) => guest.onWakeup(sink)),
    memoryBytes: () => guest.memoryBytes,
  };
}

/** The only packet that was answered at once. */
export function onlyAnswer(reactions: Reaction[]): Buffer {
  const [first] = reactions;
  if (reactions.length !== 1 || first === undefined || first === "wake" || first.delayMs !== 0)
    throw new Error(`expected one answer, got ${JSON.stringify(reactions)}`);
  return first.packet;
}

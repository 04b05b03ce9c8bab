import {
  CustomizationGuest,
  type CustomizedFlow,
  compileModule,
  customizationAbi,
  encodeFlowContext,
  type FlowContext,
  flowFlags,
  messageBytesMax,
  standardModule,
  verdicts,
} from "../../modules/mod.ts";

export type Role = "sender" | "receiver";

export interface CustomizationSettings {
  role?: Role;
  config?: unknown;
  instance?: { id: number; key: Uint8Array };
  nowMs?: () => number;
}

/** Starts a customization, one of Netloom's by its name, as the engine would. */
export function runCustomization(
  program: string | Uint8Array,
  settings: CustomizationSettings = {},
): CustomizationGuest {
  const bytes = typeof program === "string" ? standardModule(program) : program;
  if (!bytes) throw new Error(`no standard module ${program}`);
  const compiled = compileModule(bytes, customizationAbi, typeof program === "string" ? program : "test");
  if (compiled.kind === "refused") throw new Error(compiled.problems.map((one) => one.message).join("\n"));
  const { role = "sender", nowMs = () => 0, ...options } = settings;
  const services = { nowMs, log: () => undefined };
  return new CustomizationGuest(compiled.module, {
    ...options,
    ...{ role, services, limits: { memoryBytes: 4 << 20 } },
  });
}

let flows = 0;

export function flowOf(
  protocol: "UDP" | "TCP",
  role: Role = "sender",
  more: Partial<FlowContext> = {},
): CustomizedFlow {
  const context = encodeFlowContext({
    ...{ protocol, role, process: 4242, task: "isc-net-0000", group: "dig" },
    local: { address: Uint8Array.of(10, 0, 0, 1), port: 40_000 },
    remote: { address: Uint8Array.of(10, 0, 0, 2), port: 53 },
    ...more,
  });
  return { number: ++flows, context, flags: 0 };
}

export type Direction = "send" | "receive";

/** What becomes of a datagram: its bytes, undefined for not mine, or "dropped". */
export function datagram(
  guest: CustomizationGuest,
  direction: Direction,
  bytes: Uint8Array,
  flow = flowOf("UDP"),
): Buffer | "dropped" | undefined {
  const failed = guest[direction](flow, bytes, 0, bytes.length);
  if (failed) throw new Error(failed.message);
  const { answer } = guest;
  if (answer.verdict === verdicts.drop) return "dropped";
  if (answer.verdict !== verdicts.customized) return undefined;
  const made = Buffer.alloc(answer.bytes);
  answer.copyTo(made, 0);
  return made;
}

/** One direction of a stream through a list of customizations, by the rules of decision 0016. */
export class StreamThrough {
  /** Highest priority first; may be changed at any time. */
  guests: CustomizationGuest[];
  delayMs = 0;
  readonly flow: CustomizedFlow;
  readonly #direction: Direction;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(guests: CustomizationGuest[], direction: Direction, flow: CustomizedFlow) {
    this.guests = guests;
    this.#direction = direction;
    this.flow = flow;
  }

  get waiting(): number {
    return this.#pending.length;
  }

  /** Bytes come in; answers those that leave. */
  push(bytes: Uint8Array): Buffer {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    return this.#run(0);
  }

  end(): Buffer {
    return this.#run(flowFlags.end);
  }

  /** No bytes have come for as long as the modules wanted to wait. */
  waited(): Buffer {
    return this.#run(flowFlags.waited);
  }

  #run(flags: number): Buffer {
    const left: Uint8Array[] = [];
    while (this.#pending.length > 0) {
      const length = Math.min(this.#pending.length, messageBytesMax);
      const step = this.#ask(length, flags);
      if (step === undefined) break;
      left.push(step.bytes);
      this.#pending = this.#pending.subarray(step.consumed);
    }
    return Buffer.concat(left);
  }

  /** The first that customizes or drops ends the search; what one says is not its own is all that the next is shown. */
  #ask(length: number, flags: number): { bytes: Uint8Array; consumed: number } | undefined {
    let passes = length;
    for (const guest of this.guests) {
      const { flow } = this;
      const before = flow.flags;
      flow.flags |= flags;
      const failed = guest[this.#direction](flow, this.#pending, 0, passes);
      flow.flags = before;
      if (failed) throw new Error(failed.message);
      const { verdict, consumed, bytes, delayMs } = guest.answer;
      if (verdict === verdicts.more && flags === 0) return undefined;
      if (verdict === verdicts.more) continue;
      this.delayMs = Math.max(this.delayMs, delayMs);
      passes = consumed;
      if (verdict === verdicts.drop) return { bytes: new Uint8Array(0), consumed };
      if (verdict !== verdicts.customized) continue;
      const made = new Uint8Array(bytes);
      guest.answer.copyTo(made, 0);
      return { bytes: made, consumed };
    }
    return { bytes: this.#pending.slice(0, passes), consumed: passes };
  }
}

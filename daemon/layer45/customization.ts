import {
  type CompiledModule,
  CustomizationGuest,
  type CustomizedFlow,
  flowFlags,
  type GuestInstance,
  type GuestServices,
  type StateReport,
  type Verdict,
  verdicts,
} from "../../modules/mod.ts";
import {
  fail,
  type Layer45UnitSpec,
  type ObservedUnit,
  type Problem,
  ProblemError,
  problem,
  type Unit,
  type UnitState,
} from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import type { SocketOwner } from "../linux/mod.ts";
import type { GuestGate } from "../worker/mod.ts";
import { compileCustomization } from "./compile-customization.ts";
import type { Attachment, FlowEnds } from "./flow.ts";
import { type Direction, MessageCounts } from "./message-counts.ts";
import { MetParameters } from "./met-parameters.ts";
import { Tap } from "./tap.ts";

/** A customization whose module failed this many times in a row is stopped. */
const faultsInRowMax = 5;

/** A customization on one flow, for the messages between two ends. */
export interface Station {
  readonly attachment: Attachment;
  readonly view: CustomizedFlow;
}

export interface CustomizationOptions {
  gate: GuestGate;
  services: GuestServices;
  /** Who the module is, for its challenges; read whenever it is started, and kept nowhere. Undefined: it is not challenged. */
  instance(): GuestInstance | undefined;
  /** Cookies of the sockets that were there when it came, where it takes only new ones. */
  older: ReadonlySet<bigint>;
  /** It was stopped for its faults, and works no more. */
  stopped(customization: Customization): void;
}

/** An installed unit: its module, what flows it holds, and what became of their messages. */
export class Customization {
  readonly unit: Unit;
  readonly spec: Layer45UnitSpec;
  readonly id: string;
  readonly tap: Tap;
  readonly older: ReadonlySet<bigint>;
  readonly attached = new Set<Attachment>();
  readonly met: MetParameters;
  /** Counts the lives of its module: it is started afresh after a fault. */
  life = 0;
  priority: number;
  state: UnitState = "installed";
  /** It is stopped. */
  problem: Problem | undefined;
  /** Why nothing comes to it though it is in order. */
  obstacle: Problem | undefined;
  /** When its module is to be asked for its numbers next. */
  reportDueMs = 0;
  readonly counts = new MessageCounts();
  readonly #options: CustomizationOptions;
  readonly #module: CompiledModule;
  #guest: CustomizationGuest;
  #faultsInRow = 0;
  #report: StateReport = {};

  /** Compiles the module and starts it. Throws `unit.invalid`, `artifact.missing` and `module.*`. */
  constructor(loaded: LoadedUnit, options: CustomizationOptions) {
    this.unit = loaded.unit;
    this.id = loaded.unit.id;
    this.spec = loaded.unit.spec as Layer45UnitSpec;
    this.tap = new Tap(this.spec.tap);
    this.met = new MetParameters(this.tap.open);
    this.priority = loaded.priority;
    this.older = options.older;
    this.#options = options;
    this.#module = compileCustomization(loaded);
    this.#guest = this.#start();
  }

  /** What the module answered last, when the verdict is that it customized. */
  get answer(): CustomizationGuest["answer"] {
    return this.#guest.answer;
  }

  sees(direction: Direction): boolean {
    return this.#guest.wants(direction === "out" ? "sent" : "received");
  }

  /** Whether a flow that it does not hold yet may become its own. */
  takes(owner: SocketOwner, ends: FlowEnds): boolean {
    if (this.state === "deprecated" || this.problem) return false;
    return !this.older.has(owner.cookie) && this.matches(owner, ends);
  }

  matches(owner: SocketOwner, ends: FlowEnds): boolean {
    return this.tap.matchesOwner(owner) && this.tap.matchesEnds(ends);
  }

  /** Goes on in the place of the version before it. */
  succeed(before: Customization): void {
    this.state = before.state;
    Object.assign(this.counts, before.counts);
    for (const attachment of [...before.attached]) {
      const { flow } = attachment;
      flow.detach(before);
      if (before.tap.protocol === this.tap.protocol && this.tap.matchesOwner(flow.owner)) {
        flow.attach(this, { isLate: true, nowMs: attachment.activeMs });
      }
    }
  }

  /**
   * Shows the module a message: `length` bytes from `offset` on; `streamFlags` (of `flowFlags`) tell what there is to tell of a stream.
   * Its verdict; "fault" when it has none. What a deactivated one says is counted, and is `notMine` to the caller.
   */
  show(
    direction: Direction,
    { attachment, view }: Station,
    bytes: Uint8Array,
    offset: number,
    length: number,
    nowMs: number,
    streamFlags = 0,
  ): Verdict | "fault" {
    if (attachment.knownTo !== this.life && !this.#open(attachment, view)) {
      return this.problem || !attachment.isRefused ? "fault" : verdicts.notMine;
    }
    if (attachment.isRefused) return verdicts.notMine;
    const isActive = this.state !== "installed";
    view.flags = (isActive ? 0 : flowFlags.inactive) | (attachment.isLate ? flowFlags.attachedLate : 0);
    view.flags |= streamFlags;
    this.counts.seen(direction, length);
    const gate = this.#options.gate;
    let found: Problem | undefined;
    gate.enter();
    try {
      found =
        direction === "out"
          ? this.#guest.send(view, bytes, offset, length)
          : this.#guest.receive(view, bytes, offset, length);
    } finally {
      gate.leave();
    }
    if (found) return this.#fault(found);
    this.#faultsInRow = 0;
    const { verdict } = this.#guest.answer;
    if (isActive && (verdict === verdicts.customized || verdict === verdicts.drop))
      attachment.activeMs = nowMs;
    return this.#settle(verdict, isActive);
  }

  /** What it customized could not be sent on: too long for a datagram, or for the kernel to take back. */
  refuse(): void {
    this.counts.refused += 1;
    this.counts.customized -= 1;
  }

  /** The flow is closed, or no longer its own. */
  leave(attachment: Attachment): void {
    if (attachment.knownTo !== this.life || attachment.isRefused || this.problem) return;
    const flow = { number: attachment.flow.number, context: noContext, flags: 0 };
    const found = this.#call(() => this.#guest.closeFlow(flow));
    if (found) this.#fault(found);
  }

  /** Asks the module for its numbers, which `observe` tells. */
  takeReport(): void {
    if (this.problem) return;
    const found = this.#call(() => this.#guest.stateReport());
    if (found === undefined) return;
    if (isProblem(found)) this.#fault(found);
    else this.#report = found;
  }

  /** What the module answers to a challenge; "" when it has no answer. Throws a `ProblemError` when it fails over it. */
  respond(challenge: Uint8Array): Uint8Array {
    const { id } = this;
    if (this.problem) throw new ProblemError(this.problem);
    if (!this.#module.exports.has("sec_respond")) {
      return fail("security.no-answer", { unit: id, reason: "its module has no sec_respond" });
    }
    const answer = this.#call(() => this.#guest.secRespond(challenge));
    if (answer === undefined) return fail("security.no-answer", { unit: id, reason: "its module declined" });
    if (answer instanceof Uint8Array) return answer;
    this.#fault(answer);
    throw new ProblemError(answer);
  }

  resume({ counters = {} }: ObservedUnit): void {
    this.counts.resume(counters);
  }

  /** Flows that it holds, without those that its module does not want. */
  get flows(): number {
    let count = 0;
    for (const { isRefused } of this.attached) if (!isRefused) count += 1;
    return count;
  }

  observe(): ObservedUnit {
    const { id, engine, digest } = this.unit;
    const { flows } = this;
    const met = this.met.values();
    const found = this.problem ?? this.obstacle;
    const { memoryBytes } = this.#guest;
    const counters: Record<string, number> = { flows, memory_bytes: memoryBytes, ...this.counts.report() };
    for (const [name, value] of Object.entries(this.#report)) counters[`module_${name}`] = value;
    return {
      id,
      engine,
      digest,
      priority: this.priority,
      state: this.state,
      ...(found && { problem: found }),
      ...(this.state === "deprecated" && flows === 0 && { idle: true }),
      counters,
      ...(Object.keys(met).length > 0 && { met }),
    };
  }

  #settle(verdict: Verdict, isActive: boolean): Verdict {
    const { counts } = this;
    if (verdict !== verdicts.customized && verdict !== verdicts.drop) {
      counts.mismatches += 1;
      return verdict;
    }
    if (!isActive) {
      counts.tested += 1;
      return verdicts.notMine;
    }
    counts.lastActiveMs = Date.now();
    if (verdict === verdicts.customized) counts.customized += 1;
    else counts.dropped += 1;
    return verdict;
  }

  /** Tells the module of a flow before it is asked about it first; false when it is not to be asked. */
  #open(attachment: Attachment, view: CustomizedFlow): boolean {
    if (this.problem) return false;
    view.flags = attachment.isLate || attachment.knownTo > 0 ? flowFlags.attachedLate : 0;
    const answer = this.#call(() => this.#guest.openFlow(view));
    if (typeof answer !== "boolean") {
      this.#fault(answer);
      return false;
    }
    attachment.knownTo = this.life;
    attachment.isRefused = !answer;
    return answer;
  }

  #call<T>(work: () => T): T {
    this.#options.gate.enter();
    try {
      return work();
    } finally {
      this.#options.gate.leave();
    }
  }

  /** Counts a fault, and starts the module afresh or stops it for good. */
  #fault(found: Problem): "fault" {
    this.counts.faults += 1;
    this.#faultsInRow += 1;
    if (this.#faultsInRow >= faultsInRowMax) {
      this.#stop(`its module failed ${faultsInRowMax} times in a row, last: ${found.message}`);
      return "fault";
    }
    try {
      this.#guest = this.#start();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#stop(error.problem.message);
    }
    return "fault";
  }

  #stop(reason: string): void {
    this.problem = problem("unit.faulted", { unit: this.id, reason });
    this.#options.stopped(this);
  }

  #start(): CustomizationGuest {
    const { limits, config, role } = this.spec;
    const instance = this.#options.instance();
    const { services } = this.#options;
    const options = { name: this.id, role, limits, config, services, ...(instance && { instance }) };
    this.life += 1;
    return this.#call(() => new CustomizationGuest(this.#module, options));
  }
}

const noContext = new Uint8Array(80);

function isProblem(value: Problem | StateReport): value is Problem {
  return typeof (value as Problem).code === "string";
}

import { type Problem, ProblemError } from "../schemas/mod.ts";
import type { CompiledModule } from "./compile.ts";
import { CustomizationAnswer, verdicts } from "./customization-answer.ts";
import { flowContextBytes } from "./flow-context.ts";
import { type CallResult, Guest, type GuestInstance, type GuestOptions } from "./guest.ts";
import { readStateReport, type StateReport } from "./state-report.ts";

/** Of one message that a customization is shown. */
export const messageBytesMax = 131_072;
/** Of a challenge, or what answers it: IV and ciphertext. */
export const securityBytesMax = 4096;
const messageBytesMin = 2048;

export interface CustomizationOptions extends Omit<GuestOptions, "raw" | "receiver"> {
  role: "sender" | "receiver";
  instance?: GuestInstance;
}

/** A flow as a customization is told of it. The block is from `encodeFlowContext`, and never changed: make another one. */
export interface CustomizedFlow {
  readonly number: number;
  readonly context: Uint8Array;
  /** Of `flowFlags`. */
  flags: number;
}

/** What `directions` answers. */
const directionBits = { sent: 1, received: 2 } as const;

type Direction = "cust_send" | "cust_recv";

/**
 * A module that customizes messages, running (layer-4.5 §2.2.2; decision 0016). Calls answer undefined and say the verdict in
 * `answer`, or a problem (`module.trapped`, `module.answer-invalid`) after which `answer` means nothing. Nothing is
 * allocated for a message on the way.
 *
 * After a trap the guest's memory is as the trap left it. A guest that loops for ever keeps the thread: ending that is for
 * whoever watches the thread.
 */
export class CustomizationGuest {
  readonly answer = new CustomizationAnswer();
  readonly #guest: Guest;
  readonly #send: ((...values: number[]) => number) | undefined;
  readonly #receive: ((...values: number[]) => number) | undefined;
  readonly #directions: number;
  #contextAt = 0;
  #context: Uint8Array | undefined;
  #message = 0;
  #messageBytes = 0;

  /** Throws a `ProblemError` (`module.*`) when the module does not start, or refuses its configuration. */
  constructor(module: CompiledModule, { role, ...options }: CustomizationOptions) {
    this.#guest = new Guest(module, { ...options, receiver: role === "receiver" });
    if (this.#guest.has("cust_send")) this.#send = this.#guest.entry("cust_send");
    if (this.#guest.has("cust_recv")) this.#receive = this.#guest.entry("cust_recv");
    this.#directions = this.#askDirections();
  }

  /** Whether it wants to see what applications send, or what arrives for them: the host may spare itself the other. */
  wants(direction: "sent" | "received"): boolean {
    return (this.#directions & directionBits[direction]) !== 0;
  }

  /** A socket was attached. Answers false when the module wants nothing of it, and is not to be asked about it. */
  openFlow(flow: CustomizedFlow): Problem | boolean {
    if (!this.#guest.has("flow_open")) return true;
    const context = this.#putContext(flow);
    if (typeof context !== "number") return context;
    const result = this.#guest.run(this.#guest.entry("flow_open"), "flow_open", flow.number, context);
    return typeof result === "number" ? result === 0 : result;
  }

  /** The socket is closed, or no longer the module's. */
  closeFlow(flow: CustomizedFlow): Problem | undefined {
    if (!this.#guest.has("flow_close")) return undefined;
    const result = this.#guest.run(this.#guest.entry("flow_close"), "flow_close", flow.number);
    return typeof result === "number" ? undefined : result;
  }

  /** Shows the module what the application sends: `length` bytes of `source` from `offset` on. */
  send(flow: CustomizedFlow, source: Uint8Array, offset: number, length: number): Problem | undefined {
    const at = this.#send ? this.#copyIn(source, offset, length) : 0;
    return typeof at === "number" ? this.#ask("cust_send", this.#send, flow, at, length) : at;
  }

  /** Shows the module what has arrived for the application. */
  receive(flow: CustomizedFlow, source: Uint8Array, offset: number, length: number): Problem | undefined {
    const at = this.#receive ? this.#copyIn(source, offset, length) : 0;
    return typeof at === "number" ? this.#ask("cust_recv", this.#receive, flow, at, length) : at;
  }

  /**
   * As `send`, of bytes which the host has put into memory that it `reserve`d, at the address `at`, without copying them.
   * The four bytes in front of them are overwritten. A module may change its message in place: whoever needs these bytes
   * again whatever the module does (because it is deactivated, or another module comes after it) keeps them elsewhere.
   */
  sendAt(flow: CustomizedFlow, at: number, length: number): Problem | undefined {
    return this.#ask("cust_send", this.#send, flow, at, length);
  }

  receiveAt(flow: CustomizedFlow, at: number, length: number): Problem | undefined {
    return this.#ask("cust_recv", this.#receive, flow, at, length);
  }

  /** Address of so many bytes in the guest's memory for the host to fill, with four to spare in front of them. */
  reserve(capacity: number): CallResult {
    const block = this.#guest.allocate(capacity + 4);
    return typeof block === "number" ? block + 4 : block;
  }

  /** Gives back what `reserve` answered. */
  release(at: number): Problem | undefined {
    return this.#guest.release(at - 4);
  }

  /** What the module counts; undefined when it does not say. */
  stateReport(): Problem | StateReport | undefined {
    if (!this.#guest.has("state_report")) return undefined;
    const pointer = this.#guest.run(this.#guest.entry("state_report"), "state_report");
    if (typeof pointer !== "number") return pointer;
    const report = readStateReport(this.#guest.bytes, pointer);
    return typeof report === "string" ? this.#guest.invalid("state_report", report) : report;
  }

  /** Lets the module answer a challenge (16 bytes of IV, ciphertext) in kind; undefined when it has no answer. */
  secRespond(challenge: Uint8Array): Problem | Uint8Array | undefined {
    if (!this.#guest.has("sec_respond")) return undefined;
    if (challenge.length > securityBytesMax) throw new Error(`a challenge of ${challenge.length} bytes`);
    const at = this.#copyIn(challenge, 0, challenge.length);
    if (typeof at !== "number") return at;
    writeU32(this.#guest.bytes, at - 4, challenge.length);
    const pointer = this.#guest.run(this.#guest.entry("sec_respond"), "sec_respond", at - 4);
    if (typeof pointer !== "number") return pointer;
    if (pointer === 0) return undefined;
    const { bytes } = this.#guest;
    const length = pointer + 4 > bytes.length ? -1 : new DataView(bytes.buffer).getUint32(pointer, true);
    if (length < 0 || length > securityBytesMax || pointer + 4 + length > bytes.length) {
      return this.#guest.invalid("sec_respond", `its block at ${pointer} is outside its memory or too large`);
    }
    return bytes.slice(pointer + 4, pointer + 4 + length);
  }

  /** The guest's memory as it is now: made anew when it has grown, so read it again after each call. */
  get memory(): Uint8Array<ArrayBuffer> {
    return this.#guest.bytes;
  }

  get memoryBytes(): number {
    return this.#guest.bytes.length;
  }

  #askDirections(): number {
    const both = directionBits.sent | directionBits.received;
    const has = (this.#send ? directionBits.sent : 0) | (this.#receive ? directionBits.received : 0);
    if (!this.#guest.has("directions")) return has;
    const result = this.#guest.run(this.#guest.entry("directions"), "directions");
    if (typeof result !== "number") throw new ProblemError(result);
    if (result > both)
      throw new ProblemError(this.#guest.invalid("directions", `${result} is not one of 0 to 3`));
    return has & result;
  }

  #ask(
    call: Direction,
    entry: ((...values: number[]) => number) | undefined,
    flow: CustomizedFlow,
    at: number,
    length: number,
  ): Problem | undefined {
    const { answer } = this;
    if (entry === undefined) {
      answer.read(this.#guest.bytes, 0, length);
      return undefined;
    }
    const context = this.#putContext(flow);
    if (typeof context !== "number") return context;
    writeU32(this.#guest.bytes, at - 4, length);
    const pointer = this.#guest.run(entry, call, flow.number, at - 4, context);
    if (typeof pointer !== "number") return pointer;
    const wrong = answer.read(this.#guest.bytes, pointer, length);
    if (wrong !== undefined) return this.#guest.invalid(call, wrong);
    if (isDatagram(flow) && answer.verdict !== verdicts.more) answer.consumed = length;
    return undefined;
  }

  /** The block of the flow that was asked about last is there already, and only its flags may be others. */
  #putContext(flow: CustomizedFlow): CallResult {
    if (this.#contextAt === 0) {
      const at = this.#guest.allocate(flowContextBytes);
      if (typeof at !== "number") return at;
      this.#contextAt = at;
    }
    const { bytes } = this.#guest;
    const at = this.#contextAt;
    if (this.#context !== flow.context) {
      bytes.set(flow.context, at);
      this.#context = flow.context;
    }
    writeU32(bytes, at, flow.flags);
    return at;
  }

  /** Grows in powers of two, so that modules which never free anything lose little by it. */
  #copyIn(source: Uint8Array, offset: number, length: number): CallResult {
    if (length > this.#messageBytes || this.#message === 0) {
      if (length > messageBytesMax) throw new Error(`a message of ${length} bytes`);
      const failed = this.#enlarge(length);
      if (failed) return failed;
    }
    const { bytes } = this.#guest;
    const at = this.#message;
    bytes.set(
      offset === 0 && length === source.length ? source : source.subarray(offset, offset + length),
      at,
    );
    return at;
  }

  #enlarge(length: number): Problem | undefined {
    if (this.#messageBytes > 0) {
      this.#messageBytes = 0;
      const failed = this.release(this.#message);
      if (failed) return failed;
    }
    let wanted = messageBytesMin;
    while (wanted < length) wanted *= 2;
    const at = this.reserve(wanted);
    if (typeof at !== "number") return at;
    this.#message = at;
    this.#messageBytes = wanted;
    return undefined;
  }
}

function isDatagram({ context }: CustomizedFlow): boolean {
  return context[4] === 17;
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

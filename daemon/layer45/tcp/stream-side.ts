import { flowFlags, messageBytesMax } from "../../../modules/mod.ts";
import { endTcp, type StreamBuffer } from "../../linux/mod.ts";
import type { Station } from "../customization.ts";
import type { Direction } from "../message-counts.ts";
import { judge, type Stretch, type StretchOutcome } from "./judge.ts";

/** What is written at once is gathered behind what was read, up to so much before it is written. */
const gatheredBytesMax = 1 << 20;
const answerBytesMax = 2 << 20;
export const workBytes = messageBytesMax + gatheredBytesMax + answerBytesMax;
const outputAt = messageBytesMax;
/** A side reads so often at a turn, that others get theirs. */
const readsPerTurn = 8;
const nothing = new Uint8Array(0);

export interface StreamSideOptions {
  direction: Direction;
  /** Where the bytes of one end come from, and where they go on to the other. */
  readFd: number;
  writeFd: number;
  /** So many bytes at first are nobody's to customize: their receiver may have them already. */
  rawBytes: number;
}

/** What a turn of a side came to: all at hand is done; there is more; nothing can go on now. */
export type Progress = "idle" | "more" | "blocked";

/** One direction of a split connection: bytes in, judged, and out again in order, and then the end. */
export class StreamSide {
  readonly direction: Direction;
  readonly readFd: number;
  readonly writeFd: number;
  stations: readonly Station[] = [];
  /** The stream ends behind what is here. */
  isEnding = false;
  /** The end has gone on as well. */
  isEnded = false;
  /** Nothing goes on any more: the connection is to be broken off. */
  isBroken = false;
  /** Until then nothing goes on, because a module wants it so; 0: nothing is held. */
  heldUntilMs = 0;
  /** Then a module that waits for more bytes is asked without them. */
  waitsUntilMs = Number.POSITIVE_INFINITY;
  /** How many more bytes have gone on than came, in 32 bits. */
  shift = 0;
  #rawBytes: number;
  readonly #outcome: StretchOutcome = { kind: "pass", length: 0, delayMs: 0, waitMs: 0, by: undefined };
  readonly #stretch: Stretch = {
    bytes: nothing,
    offset: 0,
    length: 0,
    isLast: false,
    flags: 0,
    nowMs: 0,
  };
  /** Bytes that no module has taken yet, and such as are judged but not written. */
  #kept: Uint8Array = nothing;
  #unwritten: Uint8Array = nothing;
  /** No module was asked yet about some that are kept: what came before them could not be written at once. */
  #isCutShort = false;

  constructor({ direction, readFd, writeFd, rawBytes }: StreamSideOptions) {
    this.direction = direction;
    this.readFd = readFd;
    this.writeFd = writeFd;
    this.#rawBytes = rawBytes;
  }

  /** Something is judged and not written. */
  get isWaiting(): boolean {
    return this.#unwritten.length > 0;
  }

  /** Nothing of the stream is here. */
  get isEmpty(): boolean {
    return this.#unwritten.length === 0 && this.#kept.length === 0 && this.#rawBytes === 0;
  }

  turn(work: StreamBuffer, nowMs: number): Progress {
    for (let reads = 0; reads < readsPerTurn; reads += 1) {
      if (this.isEnded || this.isBroken) return "idle";
      if (nowMs < this.heldUntilMs) return "blocked";
      this.heldUntilMs = 0;
      if (!this.#writeRest(work)) return "blocked";
      if (this.#rawBytes > 0) {
        if (!this.#passRaw(work)) return "idle";
        continue;
      }
      const kept = this.#kept.length;
      const read = this.isEnding ? "later" : work.read(this.readFd, kept, messageBytesMax - kept);
      if (read === "broken") this.isBroken = true;
      else if (read === 0) this.isEnding = true;
      else if (read !== "later") this.shift = (this.shift - read) | 0;
      if (this.isBroken) continue;
      if (this.isEnding && kept === 0) {
        endTcp(this.writeFd);
        this.isEnded = true;
        continue;
      }
      // What a module waits with is shown to it again when more has come, or is to come no more, or its list has changed.
      const flags = typeof read === "number" && read > 0 ? 0 : this.#inVain(nowMs);
      if (read === "later" && (kept === 0 || (flags === 0 && !this.#isCutShort))) return "idle";
      work.bytes.set(this.#kept, 0);
      this.#kept = nothing;
      this.#goOn(work, kept + (typeof read === "number" ? read : 0), nowMs, flags);
    }
    return "more";
  }

  /** Other customizations are asked from now on, also about what the ones before waited with. */
  setStations(stations: readonly Station[], work: StreamBuffer, nowMs: number): void {
    this.stations = stations;
    const length = this.#kept.length;
    if (length === 0 || this.isWaiting || nowMs < this.heldUntilMs) return;
    work.bytes.set(this.#kept, 0);
    this.#kept = nothing;
    this.#goOn(work, length, nowMs, 0);
  }

  /** Why nobody is to wait for more bytes; 0 when more may come. */
  #inVain(nowMs: number): number {
    if (this.isEnding) return flowFlags.end;
    return nowMs >= this.waitsUntilMs ? flowFlags.waited : 0;
  }

  /** Hands on bytes that are not to be shown; false when none have come. */
  #passRaw(work: StreamBuffer): boolean {
    const read = work.read(this.readFd, 0, Math.min(this.#rawBytes, messageBytesMax));
    if (read === "later") return false;
    if (read === "broken") this.isBroken = true;
    else if (read === 0) {
      this.isEnding = true;
      this.#rawBytes = 0;
    } else {
      this.#rawBytes -= read;
      this.shift = (this.shift - read) | 0;
      this.#write(work, 0, read);
    }
    return true;
  }

  /** Judges the first `length` bytes of the memory, and writes what becomes of them. */
  #goOn(work: StreamBuffer, length: number, nowMs: number, flags: number): void {
    const outcome = this.#outcome;
    const stretch = this.#stretch;
    stretch.bytes = work.bytes;
    stretch.flags = flags;
    stretch.nowMs = nowMs;
    this.waitsUntilMs = Number.POSITIVE_INFINITY;
    let offset = 0;
    let gathered = 0;
    while (offset < length && !this.isWaiting && !this.isBroken) {
      stretch.offset = offset;
      stretch.length = length - offset;
      stretch.isLast = flags !== 0 || length - offset === messageBytesMax;
      judge(outcome, this.direction, this.stations, stretch);
      if (outcome.kind === "break") this.isBroken = true;
      if (outcome.waitMs > 0) this.waitsUntilMs = nowMs + outcome.waitMs;
      if (outcome.kind === "break" || outcome.length === 0) break;
      const isHeld = outcome.delayMs > 0;
      if (isHeld) this.#write(work, outputAt, gathered);
      if (isHeld) {
        this.heldUntilMs = nowMs + outcome.delayMs;
        this.#keep(work, outputAt, this.#gather(work, offset, 0));
        gathered = 0;
      } else if (outcome.kind === "pass" && gathered === 0) this.#write(work, offset, outcome.length);
      else {
        gathered = this.#gather(work, offset, gathered);
        if (gathered > gatheredBytesMax) {
          this.#write(work, outputAt, gathered);
          gathered = 0;
        }
      }
      offset += outcome.length;
    }
    this.#write(work, outputAt, gathered);
    if (offset < length) this.#kept = work.bytes.slice(offset, length);
    this.#isCutShort = offset < length && this.isWaiting;
  }

  /** Puts what becomes of the bytes behind what is gathered already; answers how much it is then. */
  #gather(work: StreamBuffer, offset: number, gathered: number): number {
    const { kind, by, length } = this.#outcome;
    const at = outputAt + gathered;
    if (kind === "replace" && by) return by.answer.copyTo(work.bytes, at) - outputAt;
    if (kind === "drop") return gathered;
    work.bytes.copyWithin(at, offset, offset + length);
    return gathered + length;
  }

  /** Writes as much as is taken, and keeps the rest. */
  #write(work: StreamBuffer, offset: number, length: number): void {
    let done = 0;
    while (done < length && !this.isBroken && !this.isWaiting) {
      const written = work.write(this.writeFd, offset + done, length - done);
      if (written === "broken") this.isBroken = true;
      else if (written === "later") break;
      else done += written;
    }
    this.shift = (this.shift + done) | 0;
    if (!this.isBroken) this.#keep(work, offset + done, length - done);
  }

  #keep(work: StreamBuffer, offset: number, length: number): void {
    if (length > 0)
      this.#unwritten = Buffer.concat([this.#unwritten, work.bytes.subarray(offset, offset + length)]);
  }

  /** False when something is left that cannot be written now. */
  #writeRest(work: StreamBuffer): boolean {
    const rest = this.#unwritten;
    if (rest.length === 0) return true;
    this.#unwritten = nothing;
    work.bytes.set(rest, outputAt);
    this.#write(work, outputAt, rest.length);
    return !this.isWaiting;
  }
}

import {
  type SocketHolder,
  type SocketOwner,
  type SocketPair,
  type StreamBuffer,
  type StreamEnds,
  type StreamTaps,
  setSocketOption,
  socketOption,
  streamEnds,
  streamModes,
  unreadBytes,
} from "../../linux/mod.ts";
import type { Flow } from "../flow.ts";
import { type Progress, StreamSide } from "./stream-side.ts";

/** Of what an application has been given and not read, no more than this is given to it. */
const unreadBytesMax = 1 << 20;
/** So much is given to it before it is asked again. */
const lookEveryBytes = 256 * 1024;
/** What has arrived and waits for the engine narrows the window of its sender from here on. */
const arrivedBytesMax = 4 << 20;
/** Of a stream that a module holds back the kernel keeps about so much for the engine, a few times over. */
const heldBytesMax = 64 * 1024;
/** The narrowest window that the kernel lets a socket have. */
const narrowWindow = 1;

/** The application's socket, as this process holds it. */
export interface Hold {
  fd: number;
  inode: number;
  holder: SocketHolder;
}

/** A tapped connection: its two directions, and the hold on its socket that lets nothing end before its last byte. */
export class Connection {
  readonly slot: number;
  readonly cookie: bigint;
  readonly ends: StreamEnds;
  readonly out: StreamSide;
  readonly in: StreamSide;
  owner: SocketOwner | undefined;
  flow: Flow | undefined;
  hold: Hold | undefined;
  /** Packets that say the peer has nothing more to send; they wait until what came before them is delivered. */
  readonly endings: { id: number; sequence: number }[] = [];
  /** The application could not send all it had, and is to be told when it can. */
  isAwaited = false;
  /** It is broken off, or the application has closed it. */
  isOver = false;
  readonly #taps: StreamTaps;
  #lookAt = 0;
  #window: number | undefined;
  #endLooks = 0;

  constructor(taps: StreamTaps, slot: number) {
    this.#taps = taps;
    this.slot = slot;
    this.cookie = taps.cookie(slot);
    this.ends = taps.ends(slot);
    const { inner, outer } = taps.pair(slot);
    const given = (name: "givenOut" | "givenIn") => (bytes: number) => taps.addTo(slot, name, bytes);
    this.out = new StreamSide({
      direction: "out",
      readFd: outer,
      writeFd: outer,
      given: given("givenOut"),
      held: () => narrow({ inner, outer }),
    });
    this.in = new StreamSide({
      direction: "in",
      readFd: inner,
      writeFd: inner,
      given: given("givenIn"),
      // What arrives narrows the window of its sender when it waits.
      held: () => undefined,
    });
  }

  get isClosed(): boolean {
    return (this.#taps.number(this.slot, "ends") & streamEnds.closed) !== 0;
  }

  get isShutDown(): boolean {
    return this.#taps.number(this.slot, "ends") !== 0;
  }

  keep(hold: Hold): void {
    this.hold = hold;
    this.#taps.hold(this.slot, true);
  }

  /** The socket is let go of: when the application has closed it, closing the descriptor ends the connection. */
  letGo(): Hold | undefined {
    const { hold } = this;
    if (hold) this.#taps.hold(this.slot, false);
    this.hold = undefined;
    return hold;
  }

  /** When the first module that waits for more bytes is asked without them; infinite when none waits, or only for more. */
  get waitsUntilMs(): number {
    return Math.min(this.out.waitsUntilMs, this.in.waitsUntilMs);
  }

  get isAllDrained(): boolean {
    return this.isDrained("out") && this.isDrained("in");
  }

  isDrained(direction: "out" | "in"): boolean {
    const [taken, given] =
      direction === "out" ? (["takenOut", "givenOut"] as const) : (["takenIn", "givenIn"] as const);
    return this.#taps.counter(this.slot, taken) === this.#taps.counter(this.slot, given);
  }

  /**
   * What the application sends is the engine's business from now on, or goes its way in the kernel once what is here has gone on.
   * What arrives keeps coming this way as long as the connection lasts (docs/layer45-ebpf.md, "What it cannot do").
   */
  setTaken(isTaken: boolean): void {
    const mode = this.#taps.number(this.slot, "modeOut");
    if (isTaken) this.#taps.set(this.slot, "modeOut", streamModes.take);
    else if (mode === streamModes.take) this.#taps.set(this.slot, "modeOut", streamModes.drain);
  }

  get takesArrivals(): boolean {
    return this.#taps.number(this.slot, "modeIn") !== streamModes.pass;
  }

  /** Takes what arrives, when some customization is to see it; what had arrived and was not read comes at once. */
  takeArrivals(work: StreamBuffer): void {
    if (!this.hold || this.takesArrivals || this.in.stations.length === 0) return;
    this.#taps.takeArrivals(this.slot, this.hold.fd);
    work.peek(this.hold.fd);
  }

  turnOut(work: StreamBuffer, nowMs: number): Progress {
    if (this.isShutDown && !this.out.isEnding) this.#end();
    return this.out.turn(work, nowMs);
  }

  /** Has the kernel tell the application that it can send: an option that is set to what it is does no more than that. */
  wakeSender(): void {
    this.isAwaited = false;
    if (!this.hold) return;
    setSocketOption(this.hold.fd, "TCP_NOTSENT_LOWAT", socketOption(this.hold.fd, "TCP_NOTSENT_LOWAT"));
  }

  turnIn(work: StreamBuffer, nowMs: number): Progress {
    this.#watchWindow();
    if (!this.hasRoom()) return "blocked";
    return this.in.turn(work, nowMs);
  }

  /** Whether the application has read enough of what it was given. */
  hasRoom(): boolean {
    if (!this.hold || this.in.written < this.#lookAt) return true;
    this.#lookAt = this.in.written + lookEveryBytes;
    if (unreadBytes(this.hold.fd) <= unreadBytesMax) return true;
    this.#lookAt = this.in.written;
    return false;
  }

  /** Whether all that came before the peer's end has been delivered, so that the end may be. */
  mayEnd(sequence: number): boolean {
    const isAllSeen =
      this.#taps.number(this.slot, "isStarted") === 0 ||
      this.#taps.number(this.slot, "sequence") === sequence;
    return isAllSeen && (this.isDrained("in") || this.in.isBroken);
  }

  /** The peer's end is delivered next: whoever in the application waits for bytes gets to read it. Answers whether that is so now. */
  prepareEnd(): boolean {
    const { hold } = this;
    if (!hold || this.#endLooks > endLooksMax) return true;
    this.#endLooks += 1;
    const isReady =
      this.#endLooks === 1 ? this.#taps.letEnd(this.slot, hold.fd) : this.#taps.hasEnded(hold.fd);
    if (isReady) this.#endLooks = endLooksMax + 1;
    return isReady;
  }

  /** What is here of what the application sent goes into its socket at once, however slowly the network takes it. */
  #end(): void {
    this.out.isEnding = true;
    const here = Number(
      this.#taps.counter(this.slot, "takenOut") - this.#taps.counter(this.slot, "givenOut"),
    );
    // More room wakes whoever waits at the socket, so it is made only where it is needed.
    if (!this.hold || here === 0) return;
    const room = socketOption(this.hold.fd, "SO_SNDBUF") + here + endingBytes;
    setSocketOption(this.hold.fd, "SO_SNDBUFFORCE", Math.min(room, sendBufferBytesMax));
  }

  #watchWindow(): void {
    if (!this.hold) return;
    const here = this.#taps.counter(this.slot, "takenIn") - this.#taps.counter(this.slot, "givenIn");
    if (this.#window === undefined && here > arrivedBytesMax) {
      this.#window = socketOption(this.hold.fd, "TCP_WINDOW_CLAMP");
      setSocketOption(this.hold.fd, "TCP_WINDOW_CLAMP", narrowWindow);
    } else if (this.#window !== undefined && here < arrivedBytesMax / 2) {
      setSocketOption(this.hold.fd, "TCP_WINDOW_CLAMP", this.#window);
      this.#window = undefined;
    }
  }
}

/** So often, a millisecond apart, it is looked whether an end is there to be read. */
const endLooksMax = 50;
const sendBufferBytesMax = 64 << 20;
/** Customizing may make more of the last bytes. */
const endingBytes = 4 << 20;

/**
 * Of a stream that is held back the application gets to send little ahead: it would end the stream behind more than can go on
 * while it waits for that.
 */
function narrow({ inner, outer }: SocketPair): void {
  setSocketOption(inner, "SO_SNDBUFFORCE", heldBytesMax);
  setSocketOption(outer, "SO_RCVBUFFORCE", heldBytesMax);
  setSocketOption(outer, "TCP_WINDOW_CLAMP", heldBytesMax);
}

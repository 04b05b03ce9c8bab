import koffi from "koffi";
import { checked, closeDescriptor, libc, SystemCallError } from "./libc.ts";

const epoll_create1 = libc.func("int epoll_create1(int)");
const epoll_ctl = libc.func("int epoll_ctl(int, int, int, void *)");
const epoll_wait = libc.func("int epoll_wait(int, void *, int, int)");
const EPOLL_CLOEXEC = 0o2000000;
const control = { add: 1, remove: 2, change: 3 } as const;
export const epollIn = 1;
export const epollOut = 4;
/** Told whether asked for or not: an error, or both directions ended. */
export const epollBroken = 8 | 16;
/** struct epoll_event: u32 events, u64 data; without the padding between them on x86-64 only. */
const [eventBytes, dataAt] = process.arch === "x64" ? [12, 4] : [16, 8];
const { EINTR } = koffi.os.errno;

/** Many descriptors as one that can be polled (epoll(7)), level-triggered. */
export class Epoll {
  readonly fd: number;
  readonly #events: DataView;
  readonly #eventsMax: number;

  constructor(eventsMax: number) {
    this.fd = checked("epoll_create1", epoll_create1(EPOLL_CLOEXEC) as number);
    this.#eventsMax = eventsMax;
    this.#events = new DataView(new ArrayBuffer(eventBytes * eventsMax));
  }

  add(fd: number, events: number): void {
    this.#control(control.add, fd, events);
  }

  change(fd: number, events: number): void {
    this.#control(control.change, fd, events);
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    this.#control(control.remove, fd, 0);
  }

  /** How many descriptors have something to tell now, up to `eventsMax`; `fdAt` and `eventsAt` say what. */
  take(): number {
    const count = epoll_wait(this.fd, this.#events, this.#eventsMax, 0) as number;
    if (count < 0 && koffi.errno() !== EINTR) throw new SystemCallError("epoll_wait", koffi.errno());
    return Math.max(0, count);
  }

  fdAt(index: number): number {
    return this.#events.getInt32(index * eventBytes + dataAt, true);
  }

  eventsAt(index: number): number {
    return this.#events.getUint32(index * eventBytes, true);
  }

  close(): void {
    closeDescriptor(this.fd);
  }

  #control(operation: number, fd: number, events: number): void {
    const event = new DataView(new ArrayBuffer(eventBytes));
    event.setUint32(0, events, true);
    event.setInt32(dataAt, fd, true);
    checked("epoll_ctl", epoll_ctl(this.fd, operation, fd, event) as number);
  }
}

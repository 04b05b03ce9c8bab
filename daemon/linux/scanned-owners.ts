import { DestroyedSockets } from "./destroyed-sockets.ts";
import type { Holding } from "./reclaim.ts";
import { SocketDiagnosis, type SocketEnds, type SocketIdentity } from "./socket-diagnosis.ts";
import { findHolder, holds, namesOfProcess, type SocketHolder } from "./socket-holders.ts";
import type { SocketChange, SocketOwner, SocketOwners } from "./socket-owners.ts";

/** Sockets whose holder, or whose end, is remembered; the longest known are forgotten. */
const rememberedMax = 16_384;
/** Processes that held a socket of late are likely to hold the next. */
const recentMax = 8;

/** `SocketOwners` for who may not trace: looks through /proc for the process that has a socket open. */
export class ScannedOwners implements SocketOwners {
  readonly by = "scanned";
  readonly reason: string;
  readonly #diagnosis = new SocketDiagnosis();
  readonly #destroyed: DestroyedSockets;
  readonly #holders = new Map<bigint, SocketHolder>();
  readonly #recent: number[] = [];
  readonly #watching = new Set<bigint>();
  /** Cookies, the longest gone first: so that one which was gone before it was watched is told of. */
  readonly #gone = new Set<bigint>();
  readonly #changes: SocketChange[] = [];

  /** Throws `linux.*` problems. */
  constructor(reason: string) {
    this.reason = reason;
    try {
      this.#destroyed = new DestroyedSockets();
    } catch (error) {
      this.#diagnosis.close();
      throw error;
    }
  }

  get fd(): number {
    return this.#destroyed.fd;
  }

  find(ends: SocketEnds): SocketOwner | undefined {
    const identity = this.#diagnosis.find(ends);
    if (!identity?.waiting) return identity && this.#owner(identity);
    const listener = this.#diagnosis.find({ ...ends, remote: ends.remote.slice().fill(0), remotePort: 0 });
    const owner = listener && this.#owner(listener);
    return owner && { ...owner, cookie: identity.cookie, inode: identity.inode };
  }

  cookies(protocol: "UDP" | "TCP"): Set<bigint> {
    return this.#diagnosis.cookies(protocol);
  }

  watch(cookie: bigint): void {
    this.#watching.add(cookie);
    this.#readDestroyed();
    if (this.#gone.has(cookie)) this.#tellClosed(cookie);
  }

  unwatch(cookie: bigint): void {
    this.#watching.delete(cookie);
  }

  changes(): SocketChange[] {
    this.#readDestroyed();
    return this.#changes.splice(0);
  }

  holdings(): Holding[] {
    return [this.#destroyed.fd, this.#diagnosis.fd].map((fd) => ({ kind: "descriptor", fd }));
  }

  close(): void {
    this.#destroyed.close();
    this.#diagnosis.close();
  }

  #readDestroyed(): void {
    const { lost } = this.#destroyed.read((cookie) => {
      this.#holders.delete(cookie);
      rememberIn(this.#gone, cookie);
      this.#tellClosed(cookie);
    });
    if (!lost) return;
    const there = new Set([...this.cookies("UDP"), ...this.cookies("TCP")]);
    for (const cookie of this.#watching) if (!there.has(cookie)) this.#tellClosed(cookie);
  }

  #tellClosed(cookie: bigint): void {
    if (this.#watching.delete(cookie)) this.#changes.push({ cookie, kind: "closed" });
  }

  #owner(identity: SocketIdentity): SocketOwner | undefined {
    const { cookie, inode } = identity;
    const holder = inode === 0 ? undefined : this.#holder(identity);
    const names = holder && namesOfProcess(holder.process);
    if (!holder || !names) return undefined;
    const [task = names.group, ...otherTasks] = names.tasks;
    return { cookie, inode, process: holder.process, task, group: names.group, otherTasks };
  }

  /** What is remembered is looked at again: the descriptor, or the process, may have become another's. */
  #holder({ cookie, inode }: SocketIdentity): SocketHolder | undefined {
    const known = this.#holders.get(cookie);
    if (known && holds(known, inode)) return known;
    const found = findHolder(inode, this.#recent);
    this.#holders.delete(cookie);
    if (!found) return undefined;
    this.#holders.set(cookie, found);
    if (this.#holders.size > rememberedMax) this.#holders.delete(this.#holders.keys().next().value as bigint);
    if (!this.#recent.includes(found.process)) this.#recent.unshift(found.process);
    this.#recent.length = Math.min(this.#recent.length, recentMax);
    return found;
  }
}

function rememberIn(set: Set<bigint>, cookie: bigint): void {
  set.add(cookie);
  if (set.size > rememberedMax) set.delete(set.values().next().value as bigint);
}

import {
  openSocketOwners,
  type SocketChange,
  type SocketEnds,
  type SocketOwner,
  type SocketOwners,
} from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";

/**
 * One tracing of sockets for all transports, there while one of them has a share of it: each use of a socket costs the kernel
 * a little for each tracing.
 */
export class SharedOwners {
  readonly #context: Pick<LoopContext, "hold" | "release" | "log">;
  readonly #open: () => SocketOwners;
  readonly #shares = new Set<Share>();
  #owners: SocketOwners | undefined;

  constructor(context: Pick<LoopContext, "hold" | "release" | "log">, open = openSocketOwners) {
    this.#context = context;
    this.#open = open;
  }

  /** To be closed as if it were the only one. Throws `linux.*` problems. */
  share(): SocketOwners {
    if (!this.#owners) {
      this.#owners = this.#open();
      for (const holding of this.#owners.holdings()) this.#context.hold(holding);
      const { by, reason } = this.#owners;
      if (by === "scanned") this.#context.log.info({ reason }, "whose sockets are is looked for in /proc");
    }
    const owners = this.#owners;
    const share: Share = new Share(owners, {
      distribute: () => this.#distribute(owners),
      isWatched: (cookie) => [...this.#shares].some((each) => each.watches(cookie)),
      closed: () => this.#closed(share),
    });
    this.#shares.add(share);
    return share;
  }

  #distribute(owners: SocketOwners): void {
    for (const change of owners.changes()) for (const share of this.#shares) share.tell(change);
  }

  #closed(share: Share): void {
    this.#shares.delete(share);
    if (this.#shares.size > 0 || !this.#owners) return;
    for (const holding of this.#owners.holdings()) this.#context.release(holding);
    this.#owners.close();
    this.#owners = undefined;
  }
}

interface Whole {
  /** Has every share told of what became of its sockets. */
  distribute(): void;
  /** Whether any share waits for news of it. */
  isWatched(cookie: bigint): boolean;
  closed(): void;
}

class Share implements SocketOwners {
  readonly by: SocketOwners["by"];
  readonly reason?: string;
  readonly fd: number;
  readonly #owners: SocketOwners;
  readonly #whole: Whole;
  readonly #watching = new Set<bigint>();
  #changes: SocketChange[] = [];

  constructor(owners: SocketOwners, whole: Whole) {
    this.by = owners.by;
    if (owners.reason !== undefined) this.reason = owners.reason;
    this.fd = owners.fd;
    this.#owners = owners;
    this.#whole = whole;
  }

  find(ends: SocketEnds, direction: "sent" | "received"): SocketOwner | undefined {
    return this.#owners.find(ends, direction);
  }

  cookies(protocol: "UDP" | "TCP"): Set<bigint> {
    return this.#owners.cookies(protocol);
  }

  watch(cookie: bigint): void {
    this.#watching.add(cookie);
    this.#owners.watch(cookie);
  }

  unwatch(cookie: bigint): void {
    if (this.#watching.delete(cookie) && !this.#whole.isWatched(cookie)) this.#owners.unwatch(cookie);
  }

  watches(cookie: bigint): boolean {
    return this.#watching.has(cookie);
  }

  tell(change: SocketChange): void {
    if (this.#watching.delete(change.cookie)) this.#changes.push(change);
  }

  changes(): SocketChange[] {
    this.#whole.distribute();
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  /** Nothing of its own. */
  holdings(): [] {
    return [];
  }

  close(): void {
    for (const cookie of [...this.#watching]) this.unwatch(cookie);
    this.#whole.closed();
  }
}

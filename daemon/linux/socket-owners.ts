import { ProblemError } from "../../schemas/mod.ts";
import type { Holding } from "./reclaim.ts";
import { ScannedOwners } from "./scanned-owners.ts";
import type { SocketEnds } from "./socket-diagnosis.ts";
import { TracedOwners } from "./traced-owners.ts";

/** Who uses a socket. */
export interface SocketOwner {
  /** Of the socket: never given to another until the machine starts again. */
  cookie: bigint;
  /** Of its descriptors in /proc; 0 of a connection that waits to be accepted, whose owner is who listens for it. */
  inode: number;
  /** In this process's own PID namespace; 0 when it is not in there. */
  process: number;
  /** Name (comm) of the thread that used it last. */
  task: string;
  /** Name of that thread's process: of its thread group's leader. */
  group: string;
  /** What else `task` may be, where the kernel does not tell which thread it is: names of the process's other threads. */
  otherTasks: readonly string[];
}

/** What became of a socket. */
export interface SocketChange {
  cookie: bigint;
  /** closed: nobody has a descriptor of it any more. passed: another thread uses it now. */
  kind: "closed" | "passed";
}

/**
 * Which thread of which process uses a socket of this thread's network namespace. Neither ports nor PIDs that are used
 * again deceive it: what it knows, it knows of a socket by its cookie.
 */
export interface SocketOwners {
  /** How it knows; "scanned" asks /proc, and does not notice when a socket is passed on until it is closed there. */
  readonly by: "traced" | "scanned";
  /** Why not "traced". */
  readonly reason?: string;
  /** Readable when `changes` has something to tell. */
  readonly fd: number;

  /**
   * Whose socket it is that has sent this, or that what comes from there goes to. Of several sockets with the same ends
   * it is the sender itself when it is traced, and otherwise the one to which the kernel would deliver.
   * Throws `linux.*` problems.
   */
  find(ends: SocketEnds, direction: "sent" | "received"): SocketOwner | undefined;

  /** Cookies of all sockets of a protocol that are there. Throws `linux.*` problems. */
  cookies(protocol: "UDP" | "TCP"): Set<bigint>;

  /**
   * Lets `changes` tell of this socket, once: who wants to know what comes afterwards watches it again. Of a socket that
   * is closed by now it tells at the next call. Throws `linux.*` problems: so many may be watched at a time.
   */
  watch(cookie: bigint): void;
  unwatch(cookie: bigint): void;

  /** What became of watched sockets since the last call; costs no system call when nothing did. */
  changes(): SocketChange[];

  /** What a thread that ends leaves behind of it. */
  holdings(): Holding[];

  close(): void;
}

/**
 * Traces who uses sockets when this process may (CAP_BPF and CAP_PERFMON of the machine itself, and a kernel with BTF);
 * otherwise asks /proc. Throws `linux.*` problems when neither can be had.
 */
export function openSocketOwners(): SocketOwners {
  try {
    return TracedOwners.open();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return new ScannedOwners(error.message);
  }
}

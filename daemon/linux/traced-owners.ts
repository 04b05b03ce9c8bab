import koffi from "koffi";
import { attempt, tracingCapabilities } from "./attempt.ts";
import { runIterator } from "./bpf-iterator.ts";
import { BpfMap, type BpfMapOptions } from "./bpf-map.ts";
import { KernelTypes } from "./btf.ts";
import { openCgroupRoot } from "./cgroup-root.ts";
import { closeDescriptor, libc } from "./libc.ts";
import { networkNamespaceCookie } from "./namespace.ts";
import { type Kept, openAll } from "./open-all.ts";
import { ownPidNamespace } from "./pid-namespace.ts";
import { type Holding, reclaim } from "./reclaim.ts";
import { RingBuffer } from "./ring-buffer.ts";
import { SocketDiagnosis, type SocketEnds, type SocketIdentity } from "./socket-diagnosis.ts";
import { findHolder, namesOfProcess } from "./socket-holders.ts";
import type { SocketChange, SocketOwner, SocketOwners } from "./socket-owners.ts";
import {
  changeKinds,
  presentSockets,
  type TracingMaps,
  type TracingScope,
  traceSockets,
} from "./socket-tracing.ts";
import { readSocketUser, type SocketUser, sentKey, socketUser } from "./socket-user.ts";

const kill = libc.func("int kill(int, int)");
const EPERM = 1;

const what = "trace who uses sockets";
/** Sockets that are noted; of any more, /proc is asked. Memory is taken as they come, about 150 bytes each. */
const socketsMax = 65_536;
/** Ends of datagrams whose sender is noted; the oldest are forgotten, and the kernel is asked who has the port. */
const sentMax = 8_192;
const sentMap = { type: "lruHash", keyBytes: sentKey.bytes, valueBytes: socketUser.bytes } as const;
const changesBytes = 64 * 1024;

/** `SocketOwners` by BPF programs that note, in the kernel, who uses each socket at the moment of its use. */
export class TracedOwners implements SocketOwners {
  readonly by = "traced";
  readonly #maps: TracingMaps;
  readonly #changes: RingBuffer;
  readonly #diagnosis: SocketDiagnosis;
  readonly #programs: readonly number[];
  /** Cookies in the map of watched sockets, so that it can be looked through when the kernel had no room to tell. */
  readonly #watching = new Set<bigint>();
  readonly #foundClosed: SocketChange[] = [];
  readonly #key = new Uint8Array(new ArrayBuffer(8));
  readonly #keyView = new DataView(this.#key.buffer);
  readonly #sentKey = new Uint8Array(new ArrayBuffer(sentKey.bytes));
  readonly #sentView = new DataView(this.#sentKey.buffer);

  /** Throws `linux.*` problems. Needs CAP_BPF and CAP_PERFMON of the machine itself. */
  static open(): TracedOwners {
    const open = (kept: Kept): TracedOwners => {
      const changes = kept(new RingBuffer(changesBytes));
      const map = (options: Pick<BpfMapOptions, "keyBytes" | "valueBytes">): BpfMap =>
        kept(new BpfMap({ type: "hash", growing: true, entriesMax: socketsMax, ...options }));
      const scope = thisScope({
        users: map({ keyBytes: 8, valueBytes: socketUser.bytes }),
        watched: map({ keyBytes: 8, valueBytes: 1 }),
        sent: kept(new BpfMap({ ...sentMap, entriesMax: sentMax })),
        changes: changes.map,
      });
      const diagnosis = kept(new SocketDiagnosis());
      const programs = traceWithin(scope);
      kept({ close: () => programs.forEach(closeDescriptor) });
      const target = scope.types.functionId("bpf_iter_task_file");
      runIterator(what, { instructions: presentSockets(scope), target });
      return new TracedOwners({ maps: scope.maps, changes, diagnosis, programs });
    };
    return attempt(what, () => openAll(open), { needs: tracingCapabilities });
  }

  private constructor(parts: {
    maps: TracingMaps;
    changes: RingBuffer;
    diagnosis: SocketDiagnosis;
    programs: readonly number[];
  }) {
    this.#maps = parts.maps;
    this.#changes = parts.changes;
    this.#diagnosis = parts.diagnosis;
    this.#programs = parts.programs;
  }

  get fd(): number {
    return this.#changes.map.fd;
  }

  find(ends: SocketEnds, direction: "sent" | "received"): SocketOwner | undefined {
    return attempt("find who uses a socket", () => {
      const sender = direction === "sent" && ends.protocol === "UDP" ? this.#sender(ends) : undefined;
      if (sender) return sender;
      const identity = this.#diagnosis.find(ends);
      if (!identity) return undefined;
      const user = this.#user(identity.cookie);
      if (user && isThere(user)) return ownerOf(identity.inode, user);
      return (user ? undefined : this.#acceptor(ends, identity)) ?? this.#holding(identity, user);
    });
  }

  cookies(protocol: "UDP" | "TCP"): Set<bigint> {
    return this.#diagnosis.cookies(protocol);
  }

  watch(cookie: bigint): void {
    attempt("watch a socket", () => this.#maps.watched.set(this.#cookieKey(cookie), Uint8Array.of(1)));
    this.#watching.add(cookie);
    this.#lookAt(cookie);
  }

  unwatch(cookie: bigint): void {
    if (this.#watching.delete(cookie)) this.#maps.watched.delete(this.#cookieKey(cookie));
  }

  changes(): SocketChange[] {
    const changes: SocketChange[] = this.#foundClosed.splice(0);
    const bytes = this.#changes.read((record) => {
      const view = new DataView(record.buffer, record.byteOffset, record.length);
      const cookie = view.getBigUint64(0, true);
      const isClosed = view.getUint32(8, true) === changeKinds.closed;
      if (this.#watching.delete(cookie)) changes.push({ cookie, kind: isClosed ? "closed" : "passed" });
    });
    // The buffer may have been full, so that the kernel could not tell of more.
    if (bytes >= changesBytes / 2) for (const cookie of this.#watching) this.#lookAt(cookie);
    return changes;
  }

  holdings(): Holding[] {
    const { users, sent, watched } = this.#maps;
    const descriptors = [...this.#programs, this.#diagnosis.fd, users.fd, sent.fd, watched.fd];
    return [...descriptors.map((fd) => ({ kind: "descriptor", fd }) as const), ...this.#changes.holdings()];
  }

  close(): void {
    reclaim(this.holdings());
  }

  /** Of a socket that is gone nothing more is told by the kernel. */
  #lookAt(cookie: bigint): void {
    if (this.#user(cookie)) return;
    if (this.cookies("UDP").has(cookie) || this.cookies("TCP").has(cookie)) return;
    this.unwatch(cookie);
    this.#foundClosed.push({ cookie, kind: "closed" });
  }

  #sender({ local, localPort, remote, remotePort }: SocketEnds): SocketOwner | undefined {
    const key = this.#sentKey.fill(0);
    this.#sentView.setUint16(sentKey.ports, localPort);
    this.#sentView.setUint16(sentKey.ports + 2, remotePort);
    this.#sentView.setUint32(sentKey.version, local.length === 4 ? 4 : 6, true);
    key.set(local, sentKey.source);
    key.set(remote, sentKey.destination);
    const value = this.#maps.sent.get(key);
    if (!value) return undefined;
    const user = readSocketUser(value);
    return ownerOf(user.inode, user);
  }

  /** Of a connection that nobody has used yet: who listens for it, and has accepted it or will. */
  #acceptor(ends: SocketEnds, { cookie, inode }: SocketIdentity): SocketOwner | undefined {
    if (ends.protocol !== "TCP") return undefined;
    const listener = this.#diagnosis.find({ ...ends, remote: ends.remote.slice().fill(0), remotePort: 0 });
    if (!listener) return undefined;
    const user = this.#user(listener.cookie);
    const owner = user && isThere(user) ? ownerOf(inode, user) : this.#holding(listener, user);
    return owner && { ...owner, cookie, inode };
  }

  /** Whoever noted it may have handed it on to a process that has not used it yet, and ended. */
  #holding({ cookie, inode }: SocketIdentity, user: SocketUser | undefined): SocketOwner | undefined {
    const holder = inode === 0 ? undefined : findHolder(inode);
    const names = holder && namesOfProcess(holder.process);
    if (!holder || !names) return user && ownerOf(inode, user);
    const [task = names.group, ...otherTasks] = names.tasks;
    return { cookie, inode, process: holder.process, task, group: names.group, otherTasks };
  }

  #user(cookie: bigint): SocketUser | undefined {
    const value = this.#maps.users.get(this.#cookieKey(cookie));
    return value && readSocketUser(value);
  }

  #cookieKey(cookie: bigint): Uint8Array {
    this.#keyView.setBigUint64(0, cookie, true);
    return this.#key;
  }
}

function thisScope(maps: TracingMaps): TracingScope {
  const types = KernelTypes.ofThisKernel();
  return { types, maps, networkNamespace: networkNamespaceCookie(), pidNamespace: ownPidNamespace(types) };
}

function traceWithin(scope: TracingScope): number[] {
  const cgroup = openCgroupRoot(what);
  try {
    return traceSockets(scope, cgroup);
  } finally {
    closeDescriptor(cgroup);
  }
}

function ownerOf(inode: number, { cookie, process, task, group }: SocketUser): SocketOwner {
  return { cookie, inode, process, task, group, otherTasks: [] };
}

/** Of a process in another PID namespace it cannot be told. */
const isThere = ({ process }: SocketUser): boolean => process === 0 || isRunning(process);

/** Also of a process that is another user's. */
function isRunning(process: number): boolean {
  return (kill(process, 0) as number) === 0 || koffi.errno() === EPERM;
}

import { attachToCgroup, attachToNetfilter, attachTracepoint, loadBpf } from "./bpf-load.ts";
import type { BpfMap } from "./bpf-map.ts";
import { BpfProgram, end, frame } from "./bpf-program.ts";
import type { KernelTypes } from "./btf.ts";
import { closeDescriptor } from "./libc.ts";
import type { PidNamespace } from "./pid-namespace.ts";
import { sentKey, socketUser } from "./socket-user.ts";

/** What the programs share with this process. */
export interface TracingMaps {
  /** Cookie -> socketUser, of sockets that are open. */
  users: BpfMap;
  /** sentKey -> socketUser, of the socket that sent such a UDP datagram last. */
  sent: BpfMap;
  /** Cookie -> a byte: the next change of it is to be told. */
  watched: BpfMap;
  /** Records of `changeBytes`: cookie, then a word of `changeKinds`. */
  changes: BpfMap;
}

export interface TracingScope {
  types: KernelTypes;
  maps: TracingMaps;
  /** Cookie of the network namespace whose sockets are meant. */
  networkNamespace: bigint;
  pidNamespace: PidNamespace;
}

export const changeBytes = 16;
export const changeKinds = { closed: 1, passed: 2 } as const;

const UDP = 17;
const TCP = 6;
/** A connection whose beginning was sent, and not answered yet. */
const SYN_SENT = 2;
/** Numbers of helpers (linux/bpf.h). */
const helpers = {
  lookUp: 1,
  update: 2,
  delete: 3,
  socketCookie: 46,
  readKernel: 113,
  networkNamespaceCookie: 122,
  ringOutput: 130,
  currentTask: 158,
  socketFromFile: 162,
} as const;
const noReplacement = 1;
const wordBytes = 8;
const nameBytes = 16;
/** struct upid. */
const upid = { bytes: 16, number: 0, namespace: 8 } as const;
/** Of struct bpf_sock. */
const protocolAt = 12;
/** Before every other hook: what queues packets must find their sender noted. */
const firstPriority = -1_000_000;

/** What tells one user from another: words in a record. */
const identity = [socketUser.ids, socketUser.task, socketUser.task + wordBytes];

// Registers that outlive calls.
const context = 6;
const leader = 7;
const user = 7;
const sock = 8;
const task = 9;
// What lies on the stack.
const userAt = -socketUser.bytes;
const cookieAt = userAt + socketUser.cookie;
const scratchAt = userAt - upid.bytes;
const changeAt = scratchAt - changeBytes;
const keyAt = changeAt - sentKey.bytes;

/**
 * Has the kernel note who uses the sockets of a network namespace, until the descriptors that it answers are closed. Each
 * use costs it some ten nanoseconds. Throws `SystemCallError`, and `linux.unsupported` where the kernel has no such tracepoints.
 * @param cgroup the root of the cgroups (version 2), open
 */
export function traceSockets(scope: TracingScope, cgroup: number): number[] {
  const descriptors: number[] = [];
  const kept = (fd: number): number => {
    descriptors.push(fd);
    return fd;
  };
  try {
    for (const [attachment, instructions] of [
      ["socketRelease", closed(scope)],
      ["socketCreation", created(scope)],
    ] as const) {
      const program = kept(loadBpf({ type: "cgroupSocket", attachment, instructions }));
      kept(attachToCgroup(program, cgroup, attachment));
    }
    for (const name of ["sock_send_length", "sock_recv_length"]) {
      const target = scope.types.tracepointId(name);
      const load = { type: "tracing", attachment: "tracepoint", instructions: used(scope), target } as const;
      kept(attachTracepoint(kept(loadBpf(load))));
    }
    for (const version of [4, 6] as const) {
      const instructions = sent(scope, version);
      const program = kept(loadBpf({ type: "netfilter", attachment: "netfilter", instructions }));
      kept(attachToNetfilter(program, { version, hook: "localOut", priority: firstPriority }));
    }
    return descriptors;
  } catch (error) {
    for (const fd of descriptors) closeDescriptor(fd);
    throw error;
  }
}

/** For an iterator over all descriptors: notes who has one as the user of its socket, unless some user is known. */
export function presentSockets(scope: TracingScope): Uint8Array {
  const [taskAt, fileAt] = [8, 24];
  const program = new BpfProgram()
    .move(context, 1)
    .load(8, 1, context, fileAt)
    .endIf(1, 0)
    .call(helpers.socketFromFile)
    .endIf(0, 0)
    .load(8, sock, 0, scope.types.field("socket", "sk").offset)
    .endIf(sock, 0)
    .load(8, task, context, taskAt)
    .endIf(task, 0);
  meantOnly(program, scope);
  program.move(1, sock).call(helpers.socketCookie).store(8, frame, cookieAt, 0);
  identify(program, scope);
  complete(program, scope, { hasDescriptor: true });
  put(program, scope.maps.users, { key: cookieAt, flags: noReplacement });
  return program.finish();
}

/** Somebody makes a socket (struct bpf_sock). */
function created(scope: TracingScope): Uint8Array {
  const program = new BpfProgram().move(context, 1).load(4, 1, context, protocolAt);
  program.jumpIf(1, "==", UDP, "meant").endUnless(1, TCP).label("meant");
  meantNamespaceOnly(program, scope);
  program.call(helpers.currentTask).move(task, 0);
  identify(program, scope);
  complete(program, scope, { hasDescriptor: false });
  put(program, scope.maps.users, { key: cookieAt });
  return program.finish(1);
}

/** The last descriptor of a socket (struct bpf_sock) is closed. */
function closed(scope: TracingScope): Uint8Array {
  const program = new BpfProgram().move(context, 1);
  meantNamespaceOnly(program, scope);
  look(program, scope.maps.users, cookieAt);
  program.endIf(0, 0);
  tell(program, scope, "closed");
  remove(program, scope.maps.users);
  return program.finish(1);
}

/** Somebody has sent by a socket (struct sock), or received. */
function used(scope: TracingScope): Uint8Array {
  const program = new BpfProgram().load(8, sock, 1, 0).endIf(sock, 0);
  meantOnly(program, scope);
  program.move(1, sock).call(helpers.socketCookie).store(8, frame, cookieAt, 0);
  program.call(helpers.currentTask).move(task, 0);
  noteUse(program, scope);
  return program.finish();
}

/**
 * A packet (struct bpf_nf_ctx: state, struct sk_buff) leaves. One of UDP does so while its sender waits, and so does the
 * first of a TCP connection; whatever else TCP sends may leave at any time.
 */
function sent(scope: TracingScope, version: 4 | 6): Uint8Array {
  const { types, maps } = scope;
  const header = (name: string): number => types.field("sk_buff", name).offset;
  const program = new BpfProgram().load(8, context, 1, 8).load(8, sock, context, header("sk")).endIf(sock, 0);
  meantOnly(program, scope);
  program
    .load(8, 1, sock, types.field("sock_common", "skc_cookie").offset)
    // A socket of the kernel's own, which nobody has asked for.
    .endIf(1, 0)
    .store(8, frame, cookieAt, 1)
    .call(helpers.currentTask)
    .move(task, 0)
    .load(2, 1, sock, types.field("sock", "sk_protocol").offset)
    .jumpIf(1, "==", UDP, "use")
    .load(1, 1, sock, types.field("sock_common", "skc_state").offset)
    .endUnless(1, SYN_SENT)
    .label("use");
  noteUse(program, scope, "noted");
  program.label("noted").load(2, 1, sock, types.field("sock", "sk_protocol").offset).endUnless(1, UDP);
  for (let at = 0; at < sentKey.bytes; at += wordBytes) program.clear(frame, keyAt + at);
  const read = (bytes: number, to: number, from: { header: string; at: number }): void => {
    program.load(8, 3, context, header("head")).load(2, 1, context, header(from.header));
    program.addRegister(3, 1).add(3, from.at);
    program
      .move(1, frame)
      .add(1, keyAt + to)
      .set(2, bytes)
      .call(helpers.readKernel);
  };
  const [bytes, source, destination] = version === 4 ? [4, 12, 16] : [16, 8, 24];
  read(4, sentKey.ports, { header: "transport_header", at: 0 });
  read(bytes!, sentKey.source, { header: "network_header", at: source! });
  read(bytes!, sentKey.destination, { header: "network_header", at: destination! });
  program.storeNumber(4, frame, keyAt + sentKey.version, version);
  // Who it is has been put down as the socket's user.
  look(program, maps.users, cookieAt);
  program.endIf(0, 0).move(user, 0);
  look(program, maps.sent, keyAt);
  program.jumpIf(0, "==", 0, "another sender");
  for (const at of [socketUser.cookie, ...identity]) {
    program.load(8, 1, 0, at).load(8, 2, user, at).jumpIfRegister(1, "!=", 2, "another sender");
  }
  program.jump(end).label("another sender").setMap(1, maps.sent).move(2, frame).add(2, keyAt);
  return program.move(3, user).set(4, 0).call(helpers.update).finish(1);
}

/** Ends with sockets of other protocols and of other network namespaces. */
function meantOnly(program: BpfProgram, { types, networkNamespace }: TracingScope): void {
  program
    .load(2, 1, sock, types.field("sock", "sk_protocol").offset)
    .jumpIf(1, "==", UDP, "meant")
    .endUnless(1, TCP)
    .label("meant")
    .load(8, 1, sock, types.field("sock_common", "skc_net.net").offset)
    .load(8, 1, 1, types.field("net", "net_cookie").offset)
    .setLong(2, networkNamespace)
    .jumpIfRegister(1, "!=", 2, end);
}

/** The same of namespaces, where the context itself is the socket; and reads its cookie. */
function meantNamespaceOnly(program: BpfProgram, { networkNamespace }: TracingScope): void {
  program
    .move(1, context)
    .call(helpers.networkNamespaceCookie)
    .setLong(2, networkNamespace)
    .jumpIfRegister(0, "!=", 2, end)
    .move(1, context)
    .call(helpers.socketCookie)
    .store(8, frame, cookieAt, 0);
}

/** Puts the task down as the user, unless it is known as such; if another is known, tells. */
function noteUse(program: BpfProgram, scope: TracingScope, known = end): void {
  identify(program, scope);
  look(program, scope.maps.users, cookieAt);
  program.jumpIf(0, "==", 0, "new");
  for (const at of identity) {
    program
      .load(8, 1, 0, at)
      .load(8, 2, frame, userAt + at)
      .jumpIfRegister(1, "!=", 2, "another");
  }
  // What is known was noted before the socket had a descriptor.
  program.load(8, 1, 0, socketUser.inode).jumpIf(1, "!=", 0, known).jump("new").label("another");
  tell(program, scope, "passed");
  program.label("new");
  complete(program, scope, { hasDescriptor: true });
  put(program, scope.maps.users, { key: cookieAt });
}

/** Begins a record: which thread the task is. */
function identify(program: BpfProgram, { types }: TracingScope): void {
  const member = (name: string): number => types.field("task_struct", name).offset;
  program
    .load(4, 1, task, member("pid"))
    .store(4, frame, userAt + socketUser.ids, 1)
    .load(4, 1, task, member("tgid"))
    .store(4, frame, userAt + socketUser.ids + 4, 1);
  read(program, nameBytes, { at: userAt + socketUser.task, from: task, offset: member("comm") });
}

/** Completes the record. */
function complete(
  program: BpfProgram,
  { types, pidNamespace }: TracingScope,
  { hasDescriptor }: { hasDescriptor: boolean },
): void {
  program.clear(frame, userAt + socketUser.inode).clear(frame, userAt + socketUser.process);
  program.load(8, leader, task, types.field("task_struct", "group_leader").offset);
  const comm = types.field("task_struct", "comm").offset;
  read(program, nameBytes, { at: userAt + socketUser.group, from: leader, offset: comm });
  if (hasDescriptor) {
    program
      .load(8, 1, sock, types.field("sock", "sk_socket").offset)
      .load(8, 1, 1, types.field("socket", "file").offset)
      .load(8, 1, 1, types.field("file", "f_inode").offset)
      .load(8, 1, 1, types.field("inode", "i_ino").offset)
      .store(8, frame, userAt + socketUser.inode, 1);
  }
  program.load(8, leader, leader, types.field("task_struct", "thread_pid").offset);
  const number = types.field("pid", "numbers").offset + upid.bytes * pidNamespace.level;
  read(program, upid.bytes, { at: scratchAt, from: leader, offset: number });
  program
    .load(8, 1, frame, scratchAt + upid.namespace)
    .setLong(2, pidNamespace.address)
    .jumpIfRegister(1, "!=", 2, "outside")
    .load(4, 1, frame, scratchAt + upid.number)
    .store(4, frame, userAt + socketUser.process, 1)
    .label("outside");
}

/** Copies memory of the kernel's to the stack; zeros when it cannot be read. */
function read(
  program: BpfProgram,
  bytes: number,
  { at, from, offset }: { at: number; from: number; offset: number },
): void {
  program.move(3, from).add(3, offset).move(1, frame).add(1, at).set(2, bytes).call(helpers.readKernel);
}

function look(program: BpfProgram, map: BpfMap, keyAt: number): void {
  program.setMap(1, map).move(2, frame).add(2, keyAt).call(helpers.lookUp);
}

function put(program: BpfProgram, map: BpfMap, { key, flags = 0 }: { key: number; flags?: number }): void {
  program.setMap(1, map).move(2, frame).add(2, key).move(3, frame).add(3, userAt).set(4, flags);
  program.call(helpers.update);
}

function remove(program: BpfProgram, map: BpfMap): void {
  program.setMap(1, map).move(2, frame).add(2, cookieAt).call(helpers.delete);
}

/** Tells of the socket, once, when it is watched. */
function tell(program: BpfProgram, { maps }: TracingScope, kind: keyof typeof changeKinds): void {
  look(program, maps.watched, cookieAt);
  program
    .jumpIf(0, "==", 0, "told")
    .load(8, 1, frame, cookieAt)
    .store(8, frame, changeAt, 1)
    .storeNumber(8, frame, changeAt + wordBytes, changeKinds[kind])
    .setMap(1, maps.changes);
  program.move(2, frame).add(2, changeAt).set(3, changeBytes).set(4, 0).call(helpers.ringOutput);
  program.jumpIf(0, "!=", 0, "told");
  remove(program, maps.watched);
  program.label("told");
}

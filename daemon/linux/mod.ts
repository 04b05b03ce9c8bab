/**
 * The Linux kernel: system calls, /proc, iptables, subprocesses; nothing else of netloom touches them.
 * May import: schemas.
 */
export { attempt } from "./attempt.ts";
export { finishChecksum, onesComplementSum, writeChecksum } from "./checksum.ts";
export { describeHost } from "./describe-host.ts";
export { Epoll, epollBroken, epollIn, epollOut } from "./epoll.ts";
export { IngressDropper, type IngressDrops } from "./ingress-drop.ts";
export { interfaceMtu } from "./interface-mtu.ts";
export { type Interface, type InterfaceAddress, listInterfaces } from "./interfaces.ts";
export { checked, closeDescriptor, SystemCallError } from "./libc.ts";
export { tryLock } from "./lock.ts";
export { listMulticastGroups, type MulticastGroup } from "./multicast-groups.ts";
export { enterNetworkNamespace, networkNamespaceCookie } from "./namespace.ts";
export { checkPacketQueues, hooks, NfQueue, type NfQueueOptions, queuedBytesMax } from "./nf-queue.ts";
export { openAll } from "./open-all.ts";
export {
  checkPacketSockets,
  PacketRing,
  type PacketRingOptions,
  type PacketRingStatistics,
} from "./packet-ring.ts";
export { PollSet } from "./poll.ts";
export { PrivateStack } from "./private-stack.ts";
export { type QueueRule, QueueRules, type RuleEnd } from "./queue-rules.ts";
export { RawIpSender } from "./raw-ip.ts";
export { type Holding, reclaim } from "./reclaim.ts";
export { listSocketCookies } from "./socket-cookies.ts";
export type { SocketEnds } from "./socket-diagnosis.ts";
export {
  openSocketOwners,
  type SocketChange,
  type SocketOwner,
  type SocketOwners,
} from "./socket-owners.ts";
export type { SocketState } from "./split/socket-states.ts";
export { type Halves, type Leaving, SplitStreams } from "./split/split-streams.ts";
export { StreamBuffer } from "./stream-buffer.ts";
export type { StreamEnds } from "./stream-ends.ts";
export { listTcpConnections, type TcpConnection } from "./tcp-connections.ts";
export {
  type Accepted,
  acceptTcp,
  closeTcp,
  connectTcp,
  endTcp,
  type Moved,
  readTcp,
  socketError,
  writeTcp,
} from "./tcp-socket.ts";
export { setThreadNice, threadId, threadTimeMs } from "./thread.ts";
export { closeWake, openWake, quietWake, ringWake } from "./wake.ts";
export { findWiresharkFolder, usualWiresharkFolders } from "./wireshark-folder.ts";

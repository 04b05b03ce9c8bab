import { parentPort, workerData } from "node:worker_threads";
import { enterNetworkNamespace, listInterfaces, PacketRing, PollSet } from "../daemon/linux/mod.ts";
import { findMagicPacket, type MagicPacket } from "./magic-packet.ts";
import { RelayedLink } from "./relayed-link.ts";
import { type LinkShape, switchNetns } from "./topology.ts";

/** What the thread behind the switch has to do. Devices are those of the switch's namespace. */
export interface WirePlan {
  relays: { wire: string; relay: string; shape: LinkShape; seed: number }[];
  /** Devices on which to listen for magic packets, and the MACs whose packets are told. */
  watch: { devices: string[]; macs: string[] };
}

/** Said once when all is open, then for each magic packet. */
export type WireMessage = { kind: "ready" } | ({ kind: "magic" } & MagicPacket);

/** How long the thread may wait inside the kernel, and so be deaf to being ended. */
const waitMsMax = 50;
const relayRingBytes = 2 ** 20;
const watchRingBytes = 2 ** 18;
/** Frames looked at on one watched LAN before the links get their turn again. */
const watchBatchMax = 256;

const plan = workerData as WirePlan;
enterNetworkNamespace(`/run/netns/${switchNetns}`);
const indexes = new Map(listInterfaces().map(({ name, index }) => [name, index]));
const relays = plan.relays.map(({ wire, relay, shape, seed }) => {
  const ends = { wire: open(wire, relayRingBytes), relay: open(relay, relayRingBytes) };
  return { ends, link: new RelayedLink(ends, shape, seed) };
});
const watched = plan.watch.devices.map((device) => open(device, watchRingBytes));
const known = new Set(plan.watch.macs);
const rings = [...relays.flatMap(({ ends }) => [ends.wire, ends.relay]), ...watched];
const poll = new PollSet(rings.map(({ fd }) => fd));
tell({ kind: "ready" });
for (let dueMs = Number.POSITIVE_INFINITY; rings.length > 0; ) {
  poll.wait(Math.max(0, Math.min(waitMsMax, Math.ceil(dueMs - performance.now()))));
  dueMs = Math.min(Number.POSITIVE_INFINITY, ...relays.map(({ link }) => link.step()));
  for (const ring of watched) listen(ring);
}

function listen(ring: PacketRing): void {
  for (let seen = 0; seen < watchBatchMax && ring.next(); seen++) {
    const found = findMagicPacket(ring.bytes.subarray(ring.start, ring.start + ring.length));
    if (found && known.has(found.mac)) tell({ kind: "magic", ...found });
    ring.release();
  }
}

function open(interfaceName: string, bytes: number): PacketRing {
  const interfaceIndex = indexes.get(interfaceName);
  if (interfaceIndex === undefined) throw new Error(`device ${interfaceName} was not made`);
  const sizes = { receiveBytes: bytes, sendBytes: bytes, sendFromRing: true };
  return PacketRing.open({ interfaceIndex, interfaceName, ...sizes });
}

function tell(message: WireMessage): void {
  parentPort!.postMessage(message);
}

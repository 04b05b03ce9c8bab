import { addressBytes, wordsOf } from "./address.ts";
import type { AddressTable } from "./address-table.ts";
import { arpAnnouncement, arpAnswer, readArp } from "./arp.ts";
import type { Headers } from "./headers.ts";
import type { Link } from "./link.ts";
import { advertisementAnswer, advertisementFrame, readSolicitation } from "./neighbour.ts";
import type { Sleeper } from "./sleeper.ts";

/** An address that another machine claims too is defended at most this often (RFC 5227 §2.4). */
const defendIntervalMs = 10_000;

/**
 * Tells the neighbours where a host's addresses are: with the proxy, or with the host again. The frames themselves come
 * from the proxy's address either way, so that switches go on sending the host's frames to the host.
 */
export function announce(sleeper: Sleeper, whose: "proxy" | "host"): void {
  for (const { link, mac, addresses } of sleeper.ports) {
    if (!link) continue;
    const at = whose === "proxy" ? link.mac : mac;
    for (const address of addresses) {
      const frame =
        address.family === 4
          ? arpAnnouncement(link.mac, at, address.words[3])
          : advertisementFrame(link.mac, { target: addressBytes(address), mac: at, to: undefined });
      link.ring.send(frame);
    }
  }
}

/** Answers requests and probes for the addresses of hosts that sleep, and defends them. */
export function handleArp(link: Link, headers: Headers, owners: AddressTable<Sleeper>, nowMs: number): void {
  const { ring } = link;
  const arp = readArp(ring.bytes, headers.networkAt, headers.end);
  if (!arp) return;
  const rival = owners.get(32, 0, 0, 0, arp.senderAddress);
  if (rival?.spec.takeover && !isSame(arp.senderMac, link.mac)) {
    rival.conflicts += 1;
    if (nowMs - rival.defendedMs >= defendIntervalMs) {
      rival.defendedMs = nowMs;
      ring.send(arpAnnouncement(link.mac, link.mac, arp.senderAddress));
    }
    return;
  }
  if (arp.operation !== "request") return;
  const owner = owners.get(32, 0, 0, 0, arp.targetAddress);
  if (owner?.spec.takeover && owner.links.includes(link)) ring.send(arpAnswer(link.mac, arp));
}

/** Answers solicitations for the addresses of hosts that sleep; false when it is for none of them. */
export function handleSolicitation(link: Link, headers: Headers, owners: AddressTable<Sleeper>): boolean {
  const { ring } = link;
  const asked = readSolicitation(ring.bytes, headers);
  if (!asked) return false;
  const owner = owners.get(128, ...wordsOf(asked.target));
  if (!owner?.spec.takeover || !owner.links.includes(link)) return false;
  const frameSource = ring.bytes.slice(ring.start + 6, ring.start + 12);
  ring.send(advertisementAnswer(link.mac, asked, frameSource));
  return true;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, place) => byte === b[place]);
}

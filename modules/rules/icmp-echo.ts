/**
 * Answers ping, of IPv4 and IPv6 (sloth-sleep-proxy §4.3, RFC 792, RFC 4443). Layer ICMP.
 * Config: {"allow": ["10.0.0.0/8", "fd00::/8"]}: who gets an answer; without it, everybody.
 */
import { accepted, checksumUpdate, ICMP, ICMPV6, ignore, packet, Prefixes, readConfig, refuse, respond } from "netloom";

export { allocate, deallocate } from "netloom";

let allow: Prefixes | null = null;

export function configure(text: usize, length: u32, flags: u32): usize {
  const list = readConfig(text, length, flags).get("allow");
  if (!list.exists) return accepted();
  allow = Prefixes.read(list);
  return allow ? accepted() : refuse('"allow" should be a list of address prefixes');
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !isEchoRequest()) return ignore();
  const allowed = allow;
  if (allowed && !allowed.has(packet.source, packet.version)) return ignore();
  if (!packet.turnAround()) return ignore();
  const was = load<u16>(packet.transport);
  store<u8>(packet.transport, packet.version == 6 ? 129 : 0);
  checksumUpdate(packet.transport + 2, was, load<u16>(packet.transport));
  return respond(packet.message);
}

function isEchoRequest(): bool {
  if (packet.isFragment) return false;
  const kind = load<u16>(packet.transport);
  return packet.version == 6 ? packet.protocol == ICMPV6 && kind == 128 : packet.protocol == ICMP && kind == 8;
}

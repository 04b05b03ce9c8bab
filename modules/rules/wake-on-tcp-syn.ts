/**
 * Wakes the host when somebody opens a TCP connection to it (RFC 9293). Layer TCP. The opener sends its SYN again, and
 * by then the host is awake.
 * Config: {"ports": [22, 80], "allow": ["10.0.0.0/8"]}: for which ports, and for whom; without them, all and everybody.
 */
import { accepted, ignore, packet, Ports, Prefixes, readConfig, refuse, wake } from "netloom";

export { allocate, deallocate } from "netloom";

const synAckRstFin: u32 = 0x17;
const syn: u32 = 0x02;

let ports: Ports | null = null;
let allow: Prefixes | null = null;

export function configure(text: usize, length: u32, flags: u32): usize {
  const config = readConfig(text, length, flags);
  if (config.get("ports").exists) {
    ports = Ports.read(config.get("ports"));
    if (!ports) return refuse('"ports" should be a list of ports');
  }
  if (config.get("allow").exists) {
    allow = Prefixes.read(config.get("allow"));
    if (!allow) return refuse('"allow" should be a list of address prefixes');
  }
  return accepted();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isTcp || !packet.isAnswerable) return ignore();
  if (((<u32>load<u8>(packet.transport + 13)) & synAckRstFin) != syn) return ignore();
  const open = ports;
  if (open && !open.has(packet.destinationPort)) return ignore();
  const allowed = allow;
  if (allowed && !allowed.has(packet.source, packet.version)) return ignore();
  return wake();
}

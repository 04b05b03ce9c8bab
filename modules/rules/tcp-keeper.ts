/**
 * Keeps TCP connections of the sleeping host alive: answers keep-alives and old duplicates, wakes the host for everything
 * that needs it (sloth-sleep-proxy §4.6 and table 4.1; RFC 9293, RFC 7323). Layer TCP.
 * Config: {"connections": [{"local": "10.0.0.5", "localPort": 22, "remote": "10.0.0.9", "remotePort": 40000,
 *   "sequence": 1000, "acknowledgment": 2000, "timestamp": 3000, "window": 502}]}:
 * sequence is the next number the host would send, acknowledgment the next it expects, timestamp the last it sent (left
 * out when the connection has none), window the field as it would stand in the header.
 */
import { accepted, Batch, Composer, ignore, Json, load32, packet, readConfig, refuse, respond, sameAddress, TCP, wake } from "netloom";

export { allocate, deallocate } from "netloom";

const connectionsMax: u32 = 256;
const keptBytesMax: u32 = 160;

const fin: u32 = 1;
const syn: u32 = 2;
const rst: u32 = 4;
const ack: u32 = 16;

// Kinds of options (IANA), and what table 4.1 says of each.
const optionEnd: u32 = 0;
const optionNothing: u32 = 1;
const optionTimestamp: u32 = 8;
const optionUserTimeout: u32 = 28;

class Connection {
  version: u32 = 0;
  readonly local: usize = heap.alloc(16);
  readonly remote: usize = heap.alloc(16);
  localPort: u32 = 0;
  remotePort: u32 = 0;
  /** What the host would send next, and what it expects next. */
  sequence: u32 = 0;
  acknowledgment: u32 = 0;
  window: u32 = 0;
  hasTimestamp: bool = false;
  timestamp: u32 = 0;
  remoteTimestamp: u32 = 0;
  hasRemoteTimestamp: bool = false;
  /** The last keep-alive with a user timeout (RFC 5482), for the host when it wakes. */
  kept: usize = 0;
  keptLength: u32 = 0;
}

let connections: StaticArray<Connection> = [];
const composer = new Composer(160);
let handover: Batch = new Batch(0);

// What the options of the packet at hand say.
let needsHost: bool = false;
let hasTimestamp: bool = false;
let timestamp: u32 = 0;
let echoed: u32 = 0;
let hasUserTimeout: bool = false;

export function configure(text: usize, length: u32, flags: u32): usize {
  const list = readConfig(text, length, flags).get("connections");
  if (!list.isList || list.length > connectionsMax) return refuse('"connections" should be a list of at most 256 connections');
  connections = new StaticArray<Connection>(list.length);
  handover = new Batch(list.length * (keptBytesMax + 4));
  let index = 0;
  for (let item = list.first(); item.exists; item = item.next()) {
    const connection = new Connection();
    if (!readConnection(item, connection)) return refuse("a connection should have local, localPort, remote, remotePort, sequence and acknowledgment");
    connections[index++] = connection;
  }
  return accepted();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isTcp) return ignore();
  const connection = find();
  if (!connection || !readOptions()) return ignore();
  const flags: u32 = load<u8>(packet.transport + 13);
  // Distances from what the host expects next: of the segment's first byte, and of what follows its last.
  const ahead = <i32>(load32(packet.transport + 4) - connection.acknowledgment);
  const end = ahead + <i32>packet.payloadLength + <i32>(flags & fin);
  if (flags & rst) return ahead == 0 ? wake() : ignore();
  if (flags & syn || needsHost) return wake();
  if (!(flags & ack) || (connection.hasTimestamp && !hasTimestamp)) return ignore();
  if (isOld(connection)) return acknowledge(connection);
  connection.remoteTimestamp = timestamp;
  connection.hasRemoteTimestamp = hasTimestamp;
  if (ahead >= -1 && ahead <= 0) catchUp(connection);
  if (end > 0) return wake();
  // A pure acknowledgment of the right number asks for nothing; an earlier one is a keep-alive or a late duplicate.
  if (ahead >= 0) return ignore();
  if (hasUserTimeout) keep(connection);
  return acknowledge(connection);
}

export function on_wakeup(): usize {
  handover.clear();
  for (let i = 0; i < connections.length; i++) {
    const connection = connections[i];
    if (connection.keptLength > 0) handover.add(connection.kept, connection.keptLength);
    connection.keptLength = 0;
  }
  return handover.count > 0 ? handover.respond() : ignore();
}

function find(): Connection | null {
  for (let i = 0; i < connections.length; i++) {
    const one = connections[i];
    if (
      one.version == packet.version &&
      one.remotePort == packet.sourcePort &&
      one.localPort == packet.destinationPort &&
      sameAddress(one.remote, packet.source, one.version) &&
      sameAddress(one.local, packet.destination, one.version)
    )
      return one;
  }
  return null;
}

/** False when they contradict themselves. */
function readOptions(): bool {
  needsHost = hasTimestamp = hasUserTimeout = false;
  timestamp = 0;
  for (let at = packet.transport + 20; at < packet.payload; ) {
    const kind: u32 = load<u8>(at);
    if (kind == optionEnd) return true;
    if (kind == optionNothing) {
      at++;
      continue;
    }
    if (packet.payload - at < 2) return false;
    const length: usize = load<u8>(at + 1);
    if (length < 2 || length > packet.payload - at) return false;
    if (kind == optionTimestamp) {
      if (length != 10) return false;
      hasTimestamp = true;
      timestamp = load32(at + 2);
      echoed = load32(at + 6);
    } else if (kind == optionUserTimeout) hasUserTimeout = true;
    else if (!isOfHandshake(kind)) needsHost = true;
    at += length;
  }
  return true;
}

/**
 * Options that only a handshake has, and that mean nothing later: maximum segment size, window scale, SACK permitted,
 * Fast Open, TCP-ENO. What is neither these nor answered above (SACK, Quick-Start, TCP-AO, Multipath TCP, unknown ones) is
 * the host's business.
 */
function isOfHandshake(kind: u32): bool {
  return kind == 2 || kind == 3 || kind == 4 || kind == 34 || kind == 69;
}

/** A segment from the past, by its timestamp (RFC 7323 §5.3): acknowledged, and nothing taken from it. */
function isOld(connection: Connection): bool {
  return connection.hasTimestamp && connection.hasRemoteTimestamp && <i32>(timestamp - connection.remoteTimestamp) < 0;
}

/**
 * What the host sent between its telling of the connection and its sleep, the peer echoes; it takes nothing older than
 * that (RFC 7323 §5.3).
 */
function catchUp(connection: Connection): void {
  if (hasTimestamp && <i32>(echoed - connection.timestamp) > 0) connection.timestamp = echoed;
}

function acknowledge(connection: Connection): usize {
  composer.beginReply(packet, TCP);
  composer.u16(connection.localPort);
  composer.u16(connection.remotePort);
  composer.u32(connection.sequence);
  composer.u32(connection.acknowledgment);
  composer.u8(connection.hasTimestamp ? 0x80 : 0x50);
  composer.u8(ack);
  composer.u16(connection.window);
  composer.u32(0);
  if (connection.hasTimestamp) {
    // So small a step cannot overtake the host's own clock while it sleeps.
    connection.timestamp++;
    composer.u32(0x0101080a);
    composer.u32(connection.timestamp);
    composer.u32(connection.remoteTimestamp);
  }
  return respond(composer.finish());
}

function keep(connection: Connection): void {
  const length = <u32>(packet.end - packet.start);
  if (length > keptBytesMax) return;
  if (connection.kept == 0) connection.kept = heap.alloc(keptBytesMax);
  memory.copy(connection.kept, packet.start, length);
  connection.keptLength = length;
}

function readConnection(item: Json, connection: Connection): bool {
  connection.version = item.get("local").copyAddress(connection.local);
  if (connection.version == 0 || item.get("remote").copyAddress(connection.remote) != connection.version) return false;
  const localPort = item.get("localPort").integer(-1);
  const remotePort = item.get("remotePort").integer(-1);
  const sequence = item.get("sequence").integer(-1);
  const acknowledgment = item.get("acknowledgment").integer(-1);
  const window = item.get("window").integer(item.get("window").exists ? -1 : 502);
  if (!isU16(localPort) || !isU16(remotePort) || !isU16(window) || !isU32(sequence) || !isU32(acknowledgment)) return false;
  connection.localPort = <u32>localPort;
  connection.remotePort = <u32>remotePort;
  connection.sequence = <u32>sequence;
  connection.acknowledgment = <u32>acknowledgment;
  connection.window = <u32>window;
  connection.hasTimestamp = item.get("timestamp").exists;
  const sent = item.get("timestamp").integer(connection.hasTimestamp ? -1 : 0);
  connection.timestamp = <u32>sent;
  return isU32(sent);
}

function isU16(value: i64): bool {
  return value >= 0 && value <= 0xffff;
}

function isU32(value: i64): bool {
  return value >= 0 && value <= 0xffffffff;
}

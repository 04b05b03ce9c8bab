/**
 * Renews the sleeping host's DHCP lease, and wakes the host when the server refuses or stays silent (sloth-sleep-proxy
 * §4.2, RFC 2131 §4.4.5). Layer UDP, port 68, with an interval well below an eighth of the lease; the Rule's addresses
 * should hold 255.255.255.255 besides the host's own, for a refusal is broadcast.
 * Config: {"address": "10.0.0.5", "server": "10.0.0.1", "mac": "02:00:00:00:00:05", "lease": 3600, "elapsed": 0,
 *   "clientId": "01020000000005", "hostname": "nas", "request": ""}:
 * lease and elapsed in seconds; clientId in hexadecimal; request, the renewal the host itself would send (the payload of
 * its datagram, in hexadecimal), instead of one made of the rest.
 */
import { accepted, Composer, ignore, Json, load32, nowMs, packet, randomBelow, readConfig, refuse, respond, store32, UDP, wake } from "netloom";

export { allocate, deallocate } from "netloom";

const clientPort: u32 = 68;
const serverPort: u32 = 67;
const cookie: u32 = 0x63825363;
const optionsOffset: usize = 240;
const requestBytesMax: u32 = 1200;
/** RFC 951: servers may drop what is shorter. */
const requestBytesMin: u32 = 300;
const resendMsMin: f64 = 60_000;
const infinite: u32 = 0xffffffff;
const ack: u32 = 5;
const nak: u32 = 6;

const address = memory.data(16);
const server = memory.data(16);
const hardware = memory.data(8);
const request = memory.data(1200);
let requestLength: u32 = 0;
let requestGiven: bool = false;
const composer = new Composer(requestBytesMax + 40);

enum State {
  Bound,
  Renewing,
  /** The host was woken: the rest is its own business until it sleeps again. */
  Lost,
}
let state: State = State.Bound;
/** Since when the lease runs, and when it is to be renewed at first (T1) and at last (T2). */
let boundAtMs: f64 = 0;
let renewAfterMs: f64 = 0;
let giveUpAfterMs: f64 = 0;
let resendAtMs: f64 = 0;
let leaseSeconds: u32 = 0;

// Options of the message at hand.
let kind: u32 = 0;
let lease: u32 = 0;
let t1: u32 = 0;
let t2: u32 = 0;
let serverId: usize = 0;

export function configure(text: usize, length: u32, flags: u32): usize {
  if (flags & 1) return refuse("it sees network packets only; leave out raw");
  const config = readConfig(text, length, flags);
  if (config.get("address").copyAddress(address) != 4) return refuse('"address" should be the leased IPv4 address');
  if (config.get("server").copyAddress(server) != 4) return refuse('"server" should be the IPv4 address of the DHCP server');
  if (!config.get("mac").copyMac(hardware)) return refuse('"mac" should be the MAC address of the host');
  const seconds = config.get("lease").integer(-1);
  if (seconds < 1 || seconds > <i64>infinite) return refuse('"lease" should be a number of seconds');
  const elapsed = config.get("elapsed").integer(config.get("elapsed").exists ? -1 : 0);
  if (elapsed < 0 || elapsed > seconds) return refuse('"elapsed" should be a number of seconds below "lease"');
  begin(<u32>seconds, 0, 0);
  boundAtMs -= <f64>elapsed * 1000;
  return readRequest(config);
}

export function on_timer(): usize {
  if (state == State.Lost || leaseSeconds == infinite) return ignore();
  const now = nowMs();
  if (now - boundAtMs < renewAfterMs) return ignore();
  if (now - boundAtMs >= giveUpAfterMs) {
    state = State.Lost;
    return wake();
  }
  if (state == State.Renewing && now < resendAtMs) return ignore();
  if (state == State.Bound && !requestGiven) store32(request + 4, randomBelow(infinite, load32(hardware + 2)));
  state = State.Renewing;
  resendAtMs = now + max((boundAtMs + giveUpAfterMs - now) / 2, resendMsMin);
  return sendRequest();
}

/** A host that wakes asks for its lease by itself, so that it begins anew. */
export function on_wakeup(): usize {
  begin(leaseSeconds, 0, 0);
  return ignore();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || packet.version != 4 || !packet.isUdp) return ignore();
  if (packet.sourcePort != serverPort || packet.destinationPort != clientPort) return ignore();
  if (state != State.Renewing || !isForHost() || !readOptions()) return ignore();
  if (kind == nak) return lost();
  if (kind != ack) return ignore();
  if (load<u32>(packet.payload + 16) != load<u32>(address)) return lost();
  if (lease == 0) return ignore();
  if (serverId != 0) store<u32>(server, load<u32>(serverId));
  begin(lease, t1, t2);
  return ignore();
}

function lost(): usize {
  state = State.Lost;
  return wake();
}

/** A lease begins now; its times are in seconds, 0 where the server left them to us (RFC 2131 §4.4.5). */
function begin(seconds: u32, renewal: u32, rebinding: u32): void {
  state = State.Bound;
  leaseSeconds = seconds;
  boundAtMs = nowMs();
  const all = <f64>seconds * 1000;
  giveUpAfterMs = rebinding > 0 && rebinding < seconds ? <f64>rebinding * 1000 : all * 0.875;
  renewAfterMs = renewal > 0 && <f64>renewal * 1000 < giveUpAfterMs ? <f64>renewal * 1000 : min(all / 2, giveUpAfterMs);
}

/** Whether it is a server's answer to our own request. */
function isForHost(): bool {
  if (packet.payloadLength < <u32>optionsOffset) return false;
  const at = packet.payload;
  if (load<u8>(at) != 2 || load32(at + 236) != cookie) return false;
  if (load<u32>(at + 4) != load<u32>(request + 4)) return false;
  return memory.compare(at + 28, hardware, 6) == 0;
}

function readOptions(): bool {
  kind = lease = t1 = t2 = 0;
  serverId = 0;
  for (let at = packet.payload + optionsOffset; at < packet.end; ) {
    const code: u32 = load<u8>(at);
    if (code == 255) break;
    if (code == 0) {
      at++;
      continue;
    }
    if (packet.end - at < 2) return false;
    const length: usize = load<u8>(at + 1);
    if (length > packet.end - at - 2) return false;
    if (code == 53 && length == 1) kind = load<u8>(at + 2);
    if (code == 51 && length == 4) lease = load32(at + 2);
    if (code == 58 && length == 4) t1 = load32(at + 2);
    if (code == 59 && length == 4) t2 = load32(at + 2);
    if (code == 54 && length == 4) serverId = at + 2;
    at += 2 + length;
  }
  return true;
}

function sendRequest(): usize {
  composer.begin();
  composer.ip(4, UDP, address, server, 64);
  composer.udp(clientPort, serverPort);
  composer.bytes(request, requestLength);
  return respond(composer.finish());
}

function readRequest(config: Json): usize {
  const given = config.get("request");
  if (given.textLength > 0) {
    requestGiven = true;
    if (given.textLength > 2 * requestBytesMax || given.copyHex(request) < <i32>optionsOffset) return refuse('"request" should be a DHCP message in hexadecimal');
    requestLength = given.textLength / 2;
    return accepted();
  }
  return makeRequest(config.get("clientId"), config.get("hostname"));
}

/** RFC 2131 table 5, in the state RENEWING: the address as ciaddr, no requested address, no server identifier. */
function makeRequest(clientId: Json, hostname: Json): usize {
  if (clientId.textLength > 2 * 64 || hostname.textLength > 255) return refuse('"clientId" should have at most 64 bytes, "hostname" 255');
  memory.fill(request, 0, requestBytesMax);
  store32(request, 0x01010600);
  memory.copy(request + 12, address, 4);
  memory.copy(request + 28, hardware, 6);
  store32(request + 236, cookie);
  let at = request + optionsOffset;
  store<u8>(at, 53);
  store<u8>(at + 1, 1);
  store<u8>(at + 2, 3);
  at += 3;
  if (clientId.textLength > 0) {
    const length = clientId.copyHex(at + 2);
    if (length < 0) return refuse('"clientId" should be hexadecimal');
    store<u8>(at, 61);
    store<u8>(at + 1, <u8>length);
    at += 2 + length;
  }
  if (hostname.textLength > 0) {
    store<u8>(at, 12);
    const length = hostname.copyText(at + 2);
    store<u8>(at + 1, <u8>length);
    at += 2 + length;
  }
  // What the host will want to know again: mask, router, name servers, domain, lease, T1, T2.
  store32(at, 0x37070103);
  store32(at + 4, 0x060f333a);
  store<u8>(at + 8, 59);
  store<u8>(at + 9, 255);
  requestLength = max(<u32>(at + 10 - request), requestBytesMin);
  return accepted();
}

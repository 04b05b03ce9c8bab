/**
 * Answers Multicast DNS for the sleeping host, and wakes it when another host claims a name of its own (sloth-sleep-proxy
 * §4.5, RFC 6762). Layer UDP, port 5353; the Rule's addresses must hold 224.0.0.251 and ff02::fb besides the host's own.
 * Config: {"addresses": ["10.0.0.5", "fe80::5"], "records": [
 *   {"name": "nas.local", "type": "A", "data": "10.0.0.5"},
 *   {"name": "_http._tcp.local", "type": "PTR", "data": "nas._http._tcp.local"},
 *   {"name": "nas._http._tcp.local", "type": "SRV", "port": 80, "target": "nas.local"},
 *   {"name": "nas._http._tcp.local", "type": "TXT", "text": ["path=/"]}]}:
 * addresses are what answers are sent from, one of each IP version. A record has "ttl" (seconds) and "shared" (by default
 * true for PTR only: other hosts may have records of that name and type too); of any other type, "type" is its number and
 * "hex" its data.
 */
import {
  accepted, Composer, ignore, isMulticast, isZero, Json, load16, load32, nameLength, nowMs, packet, randomBelow, readConfig,
  readName, refuse, respond, respondLater, sameAddress, sameName, store16, UDP, wake,
} from "netloom";
import { any, readRecord, Record, Sent } from "./mdns/record";

export { allocate, deallocate } from "netloom";

const mdnsPort: u32 = 5353;
const recordsMax: u32 = 128;
const answerBytesMax: u32 = 1452;
/** RFC 6762 §6.7: what those who are no full multicast resolvers may keep. */
const legacyTtlMax: u32 = 10;
/** RFC 6762 §7.2: how long more known answers may follow. */
const moreAnswersMs: f64 = 500;
/** RFC 6762 §6: between two times that a record is sent to everybody; in answer to one that wants a name for itself, less. */
const spacingMs: f64 = 1000;
const probeSpacingMs: f64 = 250;

const typeNsec: u32 = 47;
const classIn: u32 = 1;
/** In questions: answer by unicast, please. In answers: forget what you knew. */
const topBit: u32 = 0x8000;

const ipv4Group = memory.data<u8>([224, 0, 0, 251]);
const ipv6Group = memory.data<u8>([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb]);
const ipv4 = memory.data(16);
const ipv6 = memory.data(16);
const scratchAddress = memory.data(16);
const name = memory.data(256);
const targetName = memory.data(256);
const composer = new Composer(answerBytesMax + 60);
let records: StaticArray<Record> = [];

// The query whose further known answers are awaited.
const querier = memory.data(16);
let querierVersion: u32 = 0;
let awaitedUntilMs: f64 = 0;

// What the message at hand asks for beside records.
let questionsEnd: usize = 0;
let wantsMulticast: bool = false;

// How the answer at hand goes out.
let byMulticast: bool = false;
let sendAtMs: f64 = 0;
let sendSpacingMs: f64 = 0;

export function configure(text: usize, length: u32, flags: u32): usize {
  if (flags & 1) return refuse("it sees network packets only; leave out raw");
  const config = readConfig(text, length, flags);
  if (!readAddresses(config.get("addresses"))) return refuse('"addresses" should be a list of addresses of the host');
  const list = config.get("records");
  if (!list.isList || list.length > recordsMax) return refuse('"records" should be a list of at most 128 records');
  records = new StaticArray<Record>(list.length);
  let index = 0;
  for (let item = list.first(); item.exists; item = item.next()) {
    const record = new Record();
    if (!readRecord(item, record)) return refuse('a record should have "name", "type" and the data of its type');
    records[index++] = record;
  }
  return accepted();
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || !packet.isUdp || packet.destinationPort != mdnsPort || packet.payloadLength < 12) return ignore();
  if (isMulticast(packet.source, packet.version) || isZero(packet.source, packet.version)) return ignore();
  const flags = load16(packet.payload + 2);
  if ((flags & 0x780f) != 0) return ignore();
  if (flags & 0x8000) return packet.sourcePort == mdnsPort && hasConflict() ? wake() : ignore();
  return answerQuery((flags & 0x0200) != 0);
}

/** A response in which a name that is the host's alone has other data than the host's (RFC 6762 §9). */
function hasConflict(): bool {
  let at = packet.payload + 12;
  for (let left = load16(packet.payload + 4); left > 0; left--) {
    at = readName(at, packet.payload, packet.end, name);
    if (at == 0 || packet.end - at < 4) return false;
    at += 4;
  }
  const answers: u32 = load16(packet.payload + 6) + load16(packet.payload + 8) + load16(packet.payload + 10);
  for (let left = answers; left > 0; left--) {
    const data = readName(at, packet.payload, packet.end, name);
    if (data == 0 || packet.end - data < 10) return false;
    const dataLength = load16(data + 8);
    if (packet.end - data - 10 < <usize>dataLength) return false;
    // With a lifetime of 0 a record is taken back, which claims nothing.
    if (load32(data + 4) > 0 && contradicts(nameLength, data, dataLength)) return true;
    at = data + 10 + dataLength;
  }
  return false;
}

/** Whether the record at hand (its name in `name`, the rest at `fields`) has the name and type of a record of ours, unshared, and data of none. */
function contradicts(length: u32, fields: usize, dataLength: u32): bool {
  const type = load16(fields);
  if ((load16(fields + 2) & ~topBit) != classIn) return false;
  let claimed = false;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record.type != type || record.shared || !record.isNamed(name, length)) continue;
    if (hasData(record, fields + 10, dataLength)) return false;
    claimed = true;
  }
  return claimed;
}

function answerQuery(moreFollows: bool): usize {
  if (!isAwaited()) forget();
  awaitedUntilMs = 0;
  if (!readQuestions() || !readKnownAnswers()) return ignore();
  if (moreFollows) {
    querierVersion = packet.version;
    memory.copy(querier, packet.source, 16);
    awaitedUntilMs = nowMs() + moreAnswersMs;
    return ignore();
  }
  // RFC 6762 §6: where several hosts may answer, they spread their answers over 20 to 120 ms.
  const delayMs: u32 = hasSharedAnswer() ? 20 + randomBelow(101) : 0;
  sendAtMs = nowMs() + <f64>delayMs;
  const answer = writeAnswer();
  forget();
  return delayMs > 0 ? respondLater(answer, delayMs) : respond(answer);
}

function isAwaited(): bool {
  return nowMs() < awaitedUntilMs && querierVersion == packet.version && sameAddress(querier, packet.source, packet.version);
}

function forget(): void {
  wantsMulticast = false;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    record.answer = record.additional = record.negative = false;
  }
}

function readQuestions(): bool {
  questionsEnd = packet.payload + 12;
  for (let left = load16(packet.payload + 4); left > 0; left--) {
    const fields = readName(questionsEnd, packet.payload, packet.end, name);
    if (fields == 0 || packet.end - fields < 4) return false;
    const asked = load16(fields + 2);
    if (mark(nameLength, load16(fields), asked & ~topBit) && (asked & topBit) == 0) wantsMulticast = true;
    questionsEnd = fields + 4;
  }
  return true;
}

/** Marks the records that answer the question for `name`; false when there is nothing to say. */
function mark(length: u32, type: u32, asked: u32): bool {
  if (asked != classIn && asked != any) return false;
  let found = false;
  let owned: Record | null = null;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (!record.isNamed(name, length)) continue;
    if (!record.shared && !owned) owned = record;
    if (type != record.type && type != any) continue;
    record.answer = true;
    found = true;
  }
  if (found || !owned) return found;
  owned.negative = true;
  return true;
}

/** RFC 6762 §7.1: what the querier knows for at least half of its life yet needs no answer. */
function readKnownAnswers(): bool {
  let at = questionsEnd;
  for (let left = load16(packet.payload + 6); left > 0; left--) {
    const fields = readName(at, packet.payload, packet.end, name);
    if (fields == 0 || packet.end - fields < 10) return false;
    const dataLength = load16(fields + 8);
    if (packet.end - fields - 10 < <usize>dataLength) return false;
    const length = nameLength;
    for (let i = 0; i < records.length; i++) {
      const record = records[i];
      if (!record.answer || record.type != load16(fields) || load32(fields + 4) < record.ttl / 2) continue;
      if (record.isNamed(name, length) && hasData(record, fields + 10, dataLength)) record.answer = false;
    }
    at = fields + 10 + dataLength;
  }
  return true;
}

/** Whether data in the message is the record's, also where a name in it is compressed. */
function hasData(record: Record, data: usize, length: u32): bool {
  if (!record.hasTarget) return length == record.dataLength && memory.compare(data, record.data, length) == 0;
  const offset = record.targetOffset;
  if (length <= offset || memory.compare(data, record.data, offset) != 0) return false;
  if (readName(data + offset, packet.payload, data + length, targetName) == 0) return false;
  return sameName(targetName, nameLength, record.data + offset, record.dataLength - offset);
}

function hasSharedAnswer(): bool {
  for (let i = 0; i < records.length; i++) if (records[i].answer && records[i].shared) return true;
  return false;
}

/** The answer to what is marked, or 0 when there is none. */
function writeAnswer(): usize {
  const legacy = packet.sourcePort != mdnsPort;
  const arrivedByMulticast = isMulticast(packet.destination, packet.version);
  const source = arrivedByMulticast ? ownAddress(packet.version) : packet.destination;
  if (source == 0 || !hasMarks()) return 0;
  byMulticast = arrivedByMulticast && wantsMulticast && !legacy;
  // Who probes says what it wants to claim, as authority (RFC 6762 §8.1).
  sendSpacingMs = load16(packet.payload + 8) > 0 ? probeSpacingMs : spacingMs;
  markAdditional();
  composer.begin();
  composer.ip(packet.version, UDP, source, byMulticast ? group(packet.version) : packet.source, 255);
  composer.udp(mdnsPort, byMulticast ? mdnsPort : packet.sourcePort);
  const header = composer.at;
  composer.u16(legacy ? load16(packet.payload) : 0);
  composer.u16(0x8400);
  composer.u16(legacy ? load16(packet.payload + 4) : 0);
  composer.zeros(6);
  // At the same place in the message as before, so that its compression pointers stay right.
  if (legacy) composer.bytes(packet.payload + 12, questionsEnd - packet.payload - 12);
  const answers = writeAnswers(legacy);
  const negatives = writeNegatives(legacy);
  const additional = writeAdditional(legacy);
  // Where there is nothing else to say, that there is nothing is the answer.
  store16(header + 6, answers > 0 ? answers : negatives);
  store16(header + 10, answers > 0 ? negatives + additional : additional);
  return answers + negatives > 0 ? composer.finish() : 0;
}

function hasMarks(): bool {
  for (let i = 0; i < records.length; i++) if (records[i].answer || records[i].negative) return true;
  return false;
}

/** What the querier would ask for next (RFC 6763 §12): behind a PTR its SRV and TXT, behind an SRV its addresses. */
function markAdditional(): void {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < records.length; i++) {
      const from = records[i];
      if (!from.hasTarget || !(from.answer || from.additional)) continue;
      for (let j = 0; j < records.length; j++) {
        const to = records[j];
        if (!to.answer && to.isNamed(from.data + from.targetOffset, from.dataLength - from.targetOffset)) to.additional = true;
      }
    }
  }
}

function writeAnswers(legacy: bool): u32 {
  let count: u32 = 0;
  for (let i = 0; i < records.length; i++) if (records[i].answer && writeRecord(records[i], legacy)) count++;
  return count;
}

function writeAdditional(legacy: bool): u32 {
  let count: u32 = 0;
  for (let i = 0; i < records.length; i++) if (records[i].additional && writeRecord(records[i], legacy)) count++;
  return count;
}

/** NSEC records (RFC 6762 §6.1): the types that the name does have, of those below 256. */
function writeNegatives(legacy: bool): u32 {
  let count: u32 = 0;
  for (let i = 0; i < records.length; i++) {
    const owned = records[i];
    if (!owned.negative || !hasRoom(2 * owned.nameLength + 10 + 34) || !mayGoOut(owned.negativeSent)) continue;
    const bytes = (highestType(owned) >> 3) + 1;
    writeHead(owned, typeNsec, legacy, owned.nameLength + 2 + bytes);
    composer.bytes(owned.name, owned.nameLength);
    composer.u16(bytes);
    const bits = composer.at;
    composer.zeros(bytes);
    for (let j = 0; j < records.length; j++) {
      const other = records[j];
      if (other.type > 255 || !other.isNamed(owned.name, owned.nameLength)) continue;
      const at = bits + (other.type >> 3);
      store<u8>(at, load<u8>(at) | (0x80 >> <u8>(other.type & 7)));
    }
    count++;
  }
  return count;
}

/** Of the types below 256 that the record's name has; a bit map ends with it (RFC 4034 §4.1.2). */
function highestType(record: Record): u32 {
  let highest: u32 = 0;
  for (let i = 0; i < records.length; i++) {
    const other = records[i];
    if (other.type < 256 && other.isNamed(record.name, record.nameLength)) highest = max(highest, other.type);
  }
  return highest;
}

/**
 * False when there is no room for it (the querier asks again, and then knows the others), or when everybody was just told.
 */
function writeRecord(record: Record, legacy: bool): bool {
  if (!hasRoom(record.nameLength + 10 + record.dataLength) || !mayGoOut(record.sent)) return false;
  writeHead(record, record.type, legacy, record.dataLength);
  composer.bytes(record.data, record.dataLength);
  return true;
}

function writeHead(record: Record, type: u32, legacy: bool, dataLength: u32): void {
  composer.bytes(record.name, record.nameLength);
  composer.u16(type);
  composer.u16(record.shared || legacy ? classIn : classIn | topBit);
  composer.u32(legacy ? min(record.ttl, legacyTtlMax) : record.ttl);
  composer.u16(dataLength);
}

/** Whether everybody may be told again, or is not to be told; what goes out is noted. */
function mayGoOut(sent: Sent): bool {
  return !byMulticast || sent.takeTurn(packet.version, sendAtMs, sendSpacingMs);
}

function hasRoom(length: u32): bool {
  return <u32>(composer.at - composer.message) + length <= answerBytesMax;
}

function ownAddress(version: u32): usize {
  const own = version == 6 ? ipv6 : ipv4;
  return isZero(own, version) ? 0 : own;
}

function group(version: u32): usize {
  return version == 6 ? ipv6Group : ipv4Group;
}

function readAddresses(list: Json): bool {
  if (!list.isList || list.length == 0) return false;
  for (let item = list.first(); item.exists; item = item.next()) {
    const version = item.copyAddress(scratchAddress);
    if (version == 0) return false;
    memory.copy(version == 6 ? ipv6 : ipv4, scratchAddress, version == 6 ? 16 : 4);
  }
  return true;
}

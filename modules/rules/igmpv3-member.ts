/**
 * Keeps the sleeping host a member of its multicast groups: answers a router's queries with membership reports
 * (sloth-sleep-proxy §4.4, RFC 3376; for older queriers RFC 2236 and RFC 1112). Layer IGMP; the Rule's addresses must
 * hold 224.0.0.1 and the groups, where queries are sent to.
 * Config: {"address": "10.0.0.5", "groups": [{"group": "239.1.2.3"}, {"group": "232.1.1.1", "include": ["10.0.0.7"]}]}:
 * the host's address, and for each group the sources it wants ("include") or does not want ("exclude").
 */
import { accepted, Batch, checksum, checksumAdd, Composer, IGMP, ignore, Json, load16, nowMs, packet, randomBelow, readConfig, refuse, respond, respondLater, store16 } from "netloom";

export { allocate, deallocate } from "netloom";

const reportBytesMax: u32 = 1400;
const groupsMax: u32 = 64;
const version1ResponseMs: u32 = 10_000;
const query: u32 = 0x11;
const modeIsInclude: u32 = 1;
const modeIsExclude: u32 = 2;
/** "Router alert" (RFC 2113), which every IGMP message carries. */
const routerAlert: u32 = 0x94040000;
const allReporters = memory.data<u8>([224, 0, 0, 22]);

class Group {
  /** Its record as it stands in a report (RFC 3376 §4.2): type, 0, number of sources (2), group (4), sources (4 each). */
  record: usize = 0;
  recordLength: u32 = 0;
  /** When the report that is under way for it will have been sent. */
  reportAtMs: f64 = 0;

  get address(): usize {
    return this.record + 4;
  }

  get sources(): u32 {
    return load16(this.record + 2);
  }

  wants(source: usize): bool {
    const listed = this.lists(source);
    return load<u8>(this.record) == modeIsInclude ? listed : !listed;
  }

  private lists(source: usize): bool {
    for (let i: u32 = 0; i < this.sources; i++) {
      if (load<u32>(this.record + 8 + 4 * i) == load<u32>(source)) return true;
    }
    return false;
  }
}

const address = memory.data(16);
let groups: StaticArray<Group> = [];
let generalReportAtMs: f64 = 0;
const composer = new Composer(reportBytesMax + 64);
let reports: Batch = new Batch(0);

export function configure(text: usize, length: u32, flags: u32): usize {
  if (flags & 1) return refuse("it sees network packets only; leave out raw");
  const config = readConfig(text, length, flags);
  if (config.get("address").copyAddress(address) != 4) return refuse('"address" should be the IPv4 address of the host');
  const list = config.get("groups");
  if (!list.isList || list.length > groupsMax) return refuse('"groups" should be a list of at most 64 groups');
  groups = new StaticArray<Group>(list.length);
  let total: u32 = 8;
  let index = 0;
  for (let item = list.first(); item.exists; item = item.next()) {
    const group = new Group();
    if (!readGroup(item, group)) return refuse('a group should have "group" and a list "include" or "exclude" of IPv4 addresses');
    total += group.recordLength;
    groups[index++] = group;
  }
  reports = new Batch(list.length * 64, true);
  return total <= reportBytesMax ? accepted() : refuse("all groups and their sources should fit a report of 1400 bytes");
}

export function process_packet(message: usize): usize {
  if (!packet.read(message) || packet.version != 4 || packet.protocol != IGMP || packet.isFragment) return ignore();
  const length = <u32>(packet.end - packet.transport);
  if (load<u8>(packet.transport) != query || checksum(checksumAdd(packet.transport, length)) != 0) return ignore();
  if (groups.length == 0) return ignore();
  if (length == 8) return answerOldQuery();
  return length >= 12 ? answerQuery(length) : ignore();
}

/** RFC 3376 §5.2, where what is under way already is not asked for again. */
function answerQuery(length: u32): usize {
  const sources: u32 = load16(packet.transport + 10);
  if (length < 12 + 4 * sources) return ignore();
  const delayMs = randomBelow(maxResponseMs(load<u8>(packet.transport + 1)), load<u32>(address));
  const dueMs = nowMs() + <f64>delayMs;
  if (isUnderWay(generalReportAtMs, dueMs)) return ignore();
  const asked = packet.transport + 4;
  if (load<u32>(asked) == 0) {
    generalReportAtMs = dueMs;
    return report(null, delayMs);
  }
  const group = find(asked);
  if (!group || isUnderWay(group.reportAtMs, dueMs)) return ignore();
  if (sources > 0 && !wantsAnyOf(group, packet.transport + 12, sources)) return ignore();
  group.reportAtMs = dueMs;
  return report(group, delayMs);
}

/** A report that is still to be sent, and not later than this one would be. */
function isUnderWay(reportAtMs: f64, dueMs: f64): bool {
  return reportAtMs > nowMs() && reportAtMs <= dueMs;
}

function wantsAnyOf(group: Group, sources: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) if (group.wants(sources + 4 * i)) return true;
  return false;
}

/** A version 3 report with the record of one group, or of all. */
function report(only: Group | null, delayMs: u32): usize {
  composer.begin();
  composer.ip(4, IGMP, address, allReporters, 1);
  composer.ipv4Option(routerAlert);
  composer.u32(0x22000000);
  composer.u16(0);
  composer.u16(only ? 1 : groups.length);
  if (only) composer.bytes(only.record, only.recordLength);
  else for (let i = 0; i < groups.length; i++) composer.bytes(groups[i].record, groups[i].recordLength);
  return respondLater(composer.finish(), delayMs);
}

/** Queries of versions 1 (whose code is 0, RFC 2236 §4) and 2 have 8 bytes, and want a report of their own version for each group. */
function answerOldQuery(): usize {
  const code: u32 = load<u8>(packet.transport + 1);
  const kind: u32 = code == 0 ? 0x12 : 0x16;
  const withinMs = code == 0 ? version1ResponseMs : code * 100;
  const asked = packet.transport + 4;
  reports.clear();
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i];
    if (load<u32>(asked) != 0 && load<u32>(asked) != load<u32>(group.address)) continue;
    const delayMs = randomBelow(withinMs, load<u32>(address));
    if (isUnderWay(group.reportAtMs, nowMs() + <f64>delayMs)) continue;
    group.reportAtMs = nowMs() + <f64>delayMs;
    const one = oldReport(kind, group);
    reports.add(one + 4, load<u32>(one), delayMs);
  }
  return reports.count > 0 ? reports.respond() : ignore();
}

function oldReport(kind: u32, group: Group): usize {
  composer.begin();
  composer.ip(4, IGMP, address, group.address, 1);
  composer.ipv4Option(routerAlert);
  composer.u32(kind << 24);
  composer.bytes(group.address, 4);
  return composer.finish();
}

function find(asked: usize): Group | null {
  for (let i = 0; i < groups.length; i++) if (load<u32>(groups[i].address) == load<u32>(asked)) return groups[i];
  return null;
}

/** RFC 3376 §4.1.1: tenths of a second, above 127 as a floating-point number. */
function maxResponseMs(code: u32): u32 {
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
  return max(tenths, 1) * 100;
}

function readGroup(item: Json, group: Group): bool {
  const include = item.get("include");
  const exclude = item.get("exclude");
  if (include.exists && exclude.exists) return false;
  const sources = include.exists ? include : exclude;
  if (sources.exists && !sources.isList) return false;
  const count = sources.length;
  if (count > reportBytesMax / 4) return false;
  // An address may write up to 16 bytes before it turns out to be one of IPv6.
  group.record = heap.alloc(8 + 4 * count + 16);
  group.recordLength = 8 + 4 * count;
  store<u8>(group.record, <u8>(include.exists ? modeIsInclude : modeIsExclude));
  store<u8>(group.record + 1, 0);
  store16(group.record + 2, count);
  if (item.get("group").copyAddress(group.address) != 4 || load<u8>(group.address) < 224) return false;
  let at = group.record + 8;
  for (let source = sources.first(); source.exists; source = source.next()) {
    if (source.copyAddress(at) != 4) return false;
    at += 4;
  }
  return true;
}

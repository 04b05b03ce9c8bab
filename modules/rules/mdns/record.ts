import { Json, nameLength, sameName, store16, writeName } from "netloom";

const dataBytesMax: u32 = 1024;

const typeA: u32 = 1;
const typePtr: u32 = 12;
const typeTxt: u32 = 16;
const typeAaaa: u32 = 28;
const typeSrv: u32 = 33;
/** In questions: whatever there is. */
export const any: u32 = 255;

const name = memory.data(256);

/** When something was last sent to everybody, by each IP version. */
export class Sent {
  private ipv4Ms: f64 = -Infinity;
  private ipv6Ms: f64 = -Infinity;

  /** Whether the last time lies so far back; then this is the last time. */
  takeTurn(version: u32, atMs: f64, spacingMs: f64): bool {
    if (atMs - (version == 6 ? this.ipv6Ms : this.ipv4Ms) < spacingMs) return false;
    if (version == 6) this.ipv6Ms = atMs;
    else this.ipv4Ms = atMs;
    return true;
  }
}

/** A record that the sleeping host owns, as it goes on the wire, and what is to be said of it. */
export class Record {
  name: usize = 0;
  nameLength: u32 = 0;
  type: u32 = 0;
  ttl: u32 = 0;
  shared: bool = false;
  data: usize = 0;
  dataLength: u32 = 0;
  /** The target of PTR and SRV: where in the data it begins. */
  targetOffset: u32 = 0;

  // What is to be said of it in the answer under way.
  answer: bool = false;
  additional: bool = false;
  /** Its name has no record of the type that was asked for. */
  negative: bool = false;

  readonly sent: Sent = new Sent();
  /** That its name has no other types. */
  readonly negativeSent: Sent = new Sent();

  get hasTarget(): bool {
    return this.type == typePtr || this.type == typeSrv;
  }

  isNamed(name: usize, length: u32): bool {
    return sameName(this.name, this.nameLength, name, length);
  }
}

/** Reads a record of the configuration; false when it is none. */
export function readRecord(item: Json, record: Record): bool {
  if (!copyName(item.get("name"), name)) return false;
  record.name = heap.alloc(nameLength);
  record.nameLength = nameLength;
  memory.copy(record.name, name, nameLength);
  record.type = typeOf(item.get("type"));
  record.shared = item.get("shared").exists ? item.get("shared").isTrue : record.type == typePtr;
  const usual: i64 = record.type == typeA || record.type == typeAaaa || record.type == typeSrv ? 120 : 4500;
  const ttl = item.get("ttl").integer(item.get("ttl").exists ? -1 : usual);
  if (record.type == 0 || ttl < 1 || ttl > 0x7fffffff) return false;
  record.ttl = <u32>ttl;
  record.data = heap.alloc(dataBytesMax + 16);
  return readData(item, record);
}

function readData(item: Json, record: Record): bool {
  const data = item.get("data");
  switch (record.type) {
    case typeA:
      record.dataLength = 4;
      return data.copyAddress(record.data) == 4;
    case typeAaaa:
      record.dataLength = 16;
      return data.copyAddress(record.data) == 6;
    case typePtr:
      return readTarget(data, record);
    case typeSrv: {
      const port = item.get("port").integer(-1);
      if (port < 1 || port > 65_535) return false;
      store16(record.data, <u32>item.get("priority").integer(0));
      store16(record.data + 2, <u32>item.get("weight").integer(0));
      store16(record.data + 4, <u32>port);
      record.targetOffset = 6;
      return readTarget(item.get("target"), record);
    }
    case typeTxt:
      return readTexts(item.get("text"), record);
    default: {
      const hex = item.get("hex");
      if (hex.textLength > 2 * dataBytesMax) return false;
      const length = hex.copyHex(record.data);
      record.dataLength = <u32>length;
      return length >= 0;
    }
  }
}

function readTarget(text: Json, record: Record): bool {
  if (!copyName(text, record.data + record.targetOffset)) return false;
  record.dataLength = record.targetOffset + nameLength;
  return true;
}

/** Strings of at most 255 bytes, each behind its length (RFC 6763 §6.1); none at all is one empty string. */
function readTexts(list: Json, record: Record): bool {
  if (!list.isList) return false;
  let at: u32 = 0;
  for (let item = list.first(); item.exists; item = item.next()) {
    if (!item.isText || at + item.textLength >= dataBytesMax) return false;
    const length = item.copyText(record.data + at + 1);
    if (length > 255) return false;
    store<u8>(record.data + at, <u8>length);
    at += length + 1;
  }
  if (at == 0) store<u8>(record.data + at++, 0);
  record.dataLength = at;
  return true;
}

/** A name of the configuration, with its JSON escapes undone first. */
function copyName(text: Json, target: usize): bool {
  if (!text.isText || text.textLength > 1000) return false;
  const plain = heap.alloc(1000);
  const named = writeName(plain, text.copyText(plain), target);
  heap.free(plain);
  return named;
}

function typeOf(type: Json): u32 {
  if (type.is("A")) return typeA;
  if (type.is("AAAA")) return typeAaaa;
  if (type.is("PTR")) return typePtr;
  if (type.is("SRV")) return typeSrv;
  if (type.is("TXT")) return typeTxt;
  const number = type.integer(0);
  return number > 0 && number < 65_536 && number != any ? <u32>number : 0;
}

/**
 * Sends of a query of DNS only its id and what it asks for (layer-4.5 §5.3.5), and makes a whole query of that where it arrives.
 * What has more in it than a question and EDNS's own record passes as it is, and so do answers. EDNS comes back with a size of 1,232
 * bytes and no options. UDP. No config.
 *
 * Compressed: id (2 bytes), flags (1): RD, AD, CD, EDNS, DO and what type is asked for; check (2); the type (2) if it is neither A
 * nor AAAA; the name in wire form, and nothing behind it. No query in plain can be read like that: where the name would stand, it
 * has the bytes 1, 0, 0 of its counts, which are a name that ends long before the query does.
 */
import { load16, store16 } from "netloom";
import { answer, Counter, DIRECTION_RECEIVED, DIRECTION_SENT, fnv1a, isReceiver, message, notMine } from "netloom/customization";

export { allocate, configure, deallocate } from "netloom";
export { both_ends, sec_initialize, sec_respond, state_report } from "netloom/customization";

const headerBytes: u32 = 12;
const smallBytes: u32 = 5;
const nameBytesMax: u32 = 255;
const recordBytes: u32 = 11;
const ednsBytes: u32 = 1232;
const TYPE_A: u32 = 1;
const TYPE_AAAA: u32 = 28;
const TYPE_OPT: u32 = 41;
const CLASS_IN: u32 = 1;

const FLAG_RD: u32 = 1;
const FLAG_AD: u32 = 2;
const FLAG_CD: u32 = 4;
const FLAG_EDNS: u32 = 8;
const FLAG_DO: u32 = 16;
const TYPE_SHIFT: u32 = 5;
const flagsMax: u32 = 0x5f;

const made = heap.alloc(headerBytes + nameBytesMax + 4 + recordBytes);
const compressed = new Counter("compressed");
const restored = new Counter("restored");
const saved = new Counter("saved_bytes");
const others = new Counter("others");

export function directions(): u32 {
  return isReceiver() ? DIRECTION_RECEIVED : DIRECTION_SENT;
}

export function cust_send(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isUdp || isReceiver()) return notMine();
  const length = compress(message.start, message.end);
  if (length == 0) {
    others.add();
    return notMine();
  }
  compressed.add();
  saved.add(message.length - length);
  answer.begin().add(made, length);
  return answer.customized();
}

export function cust_recv(flow: u32, block: usize, context: usize): usize {
  message.read(flow, block, context);
  if (!message.isUdp || !isReceiver()) return notMine();
  const length = restore(message.start, message.end);
  if (length == 0) {
    others.add();
    return notMine();
  }
  restored.add();
  answer.begin().add(made, length);
  return answer.customized();
}

/** Writes the query in small and answers its length, or 0 when it holds what would be lost. */
function compress(start: usize, end: usize): u32 {
  if (end - start < headerBytes) return 0;
  const bits = load16(start + 2);
  // Only RD, AD and CD may be set: no answer, no other operation.
  if ((bits & ~0x0130) != 0 || load16(start + 4) != 1 || load<u32>(start + 6) != 0) return 0;
  const name = start + headerBytes;
  const length = nameLength(name, end);
  if (length == 0 || end - name < length + 4 || load16(name + length + 2) != CLASS_IN) return 0;
  const behind = name + length + 4;
  const edns = ednsFlags(behind, end, load16(start + 10));
  if (edns == -1) return 0;
  const type = load16(name + length);
  const typeCode: u32 = type == TYPE_A ? 0 : type == TYPE_AAAA ? 1 : 2;
  const flags =
    (bits & 0x0100 ? FLAG_RD : 0) |
    (bits & 0x20 ? FLAG_AD : 0) |
    (bits & 0x10 ? FLAG_CD : 0) |
    <u32>edns |
    (typeCode << TYPE_SHIFT);
  store16(made, load16(start));
  store<u8>(made, <u8>flags, 2);
  const rest: u32 = typeCode == 2 ? 2 : 0;
  if (rest > 0) store16(made + smallBytes, type);
  memory.copy(made + smallBytes + rest, name, length);
  store16(made + 3, checkOf(made, smallBytes + rest + length));
  return smallBytes + rest + length;
}

/** Flags for the additional records: none, or one of EDNS version 0; -1 when there is anything else. */
function ednsFlags(at: usize, end: usize, count: u32): i32 {
  if (count == 0) return at == end ? 0 : -1;
  if (count != 1 || end - at < recordBytes || load<u8>(at) != 0 || load16(at + 1) != TYPE_OPT) return -1;
  if (load16(at + 5) != 0 || (load16(at + 7) & 0x7fff) != 0 || at + recordBytes + load16(at + 9) != end)
    return -1;
  return <i32>(FLAG_EDNS | (load16(at + 7) & 0x8000 ? FLAG_DO : 0));
}

/** Writes the whole query and answers its length, or 0 when this is none of ours. */
function restore(start: usize, end: usize): u32 {
  const length = <u32>(end - start);
  if (length <= smallBytes || length > smallBytes + 2 + nameBytesMax) return 0;
  const flags: u32 = load<u8>(start, 2);
  const typeCode = flags >> TYPE_SHIFT;
  if (flags > flagsMax || typeCode > 2) return 0;
  const name = start + smallBytes + (typeCode == 2 ? 2 : 0);
  const nameBytes = nameLength(name, end);
  if (nameBytes == 0 || name + nameBytes != end || load16(start + 3) != checkOf(start, length)) return 0;
  memory.fill(made, 0, headerBytes);
  store16(made, load16(start));
  store16(
    made + 2,
    (flags & FLAG_RD ? 0x0100 : 0) | (flags & FLAG_AD ? 0x20 : 0) | (flags & FLAG_CD ? 0x10 : 0),
  );
  store16(made + 4, 1);
  memory.copy(made + headerBytes, name, nameBytes);
  let at = made + headerBytes + nameBytes;
  store16(at, typeCode == 0 ? TYPE_A : typeCode == 1 ? TYPE_AAAA : load16(start + smallBytes));
  store16(at + 2, CLASS_IN);
  at += 4;
  if (flags & FLAG_EDNS) {
    store16(made + 10, 1);
    memory.fill(at, 0, recordBytes);
    store16(at + 1, TYPE_OPT);
    store16(at + 3, ednsBytes);
    if (flags & FLAG_DO) store<u8>(at + 7, 0x80);
    at += recordBytes;
  }
  return <u32>(at - made);
}

/** Of all but the check itself. */
function checkOf(start: usize, length: u32): u32 {
  const hash = fnv1a(start + smallBytes, length - smallBytes, fnv1a(start, 3));
  return (hash ^ (hash >> 16)) & 0xffff;
}

/** Of a name without compression, its last zero included; 0 when it is malformed. */
function nameLength(at: usize, end: usize): u32 {
  const start = at;
  while (at < end) {
    const label: u32 = load<u8>(at);
    if (label > 63) return 0;
    at += label + 1;
    if (at - start > nameBytesMax) return 0;
    if (label == 0) return <u32>(at - start);
  }
  return 0;
}

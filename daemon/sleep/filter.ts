import type { WordPrefix } from "./address.ts";
import { etherType } from "./headers.ts";

/** One instruction of classic BPF (bpf(4), `struct sock_filter`). */
export interface Instruction {
  code: number;
  jt: number;
  jf: number;
  /** Unsigned. */
  k: number;
}

/** What the proxy wants to see of a link; everything else stays in the kernel. */
export interface Interest {
  /** Destinations: claimed addresses and the prefixes of rules. */
  prefixes: readonly WordPrefix[];
  /** The last four bytes of the MACs of sleeping hosts, as signed words: their waking is to be noticed. */
  macLows: readonly number[];
}

/** Values from `low` to `high`, both unsigned and both in. */
interface Range {
  low: number;
  high: number;
}

/** Of addresses, and of MACs; a tree of so many takes 1,200 instructions, and the kernel takes 4,096 (BPF_MAXINSNS). */
export const rangesMax = 200;
const wordMax = 0xffff_ffff;
const [multicast4, multicast6] = [0xe000_0000, 0xff];

const loadWord = (at: number): Instruction => ({ code: 0x20, jt: 0, jf: 0, k: at });
const loadHalf = (at: number): Instruction => ({ code: 0x28, jt: 0, jf: 0, k: at });
const loadByte = (at: number): Instruction => ({ code: 0x30, jt: 0, jf: 0, k: at });
const ifEqual = (k: number, jt: number, jf: number): Instruction => ({ code: 0x15, jt, jf, k });
const ifAbove = (k: number, jt: number, jf: number): Instruction => ({ code: 0x25, jt, jf, k });
const ifAtLeast = (k: number, jt: number, jf: number): Instruction => ({ code: 0x35, jt, jf, k });
const jump = (by: number): Instruction => ({ code: 0x05, jt: 0, jf: 0, k: by });
const accept: Instruction = { code: 0x06, jt: 0, jf: 0, k: wordMax };
const drop: Instruction = { code: 0x06, jt: 0, jf: 0, k: 0 };

/**
 * A filter for the packet ring: passes every frame that the proxy has to see, and of others as few as a bounded program
 * can: when there are more addresses than it has room for, the nearest are taken together. Passed are frames from a
 * sleeping host, ARP, multicast, frames with a VLAN tag inside, and IP to one of the prefixes (of IPv6, by its last word).
 */
export function interceptFilter({ prefixes, macLows }: Interest): Instruction[] {
  const ipv4 = prefixes.filter(({ family }) => family === 4).map(rangeOf);
  const ipv6 = prefixes.filter(({ family }) => family === 6).map(rangeOf);
  const macs = macLows.map((low) => ({ low: low >>> 0, high: low >>> 0 }));
  const fromHost = search(coarsen(macs), "continue");
  const toIpv4 = [loadWord(30), ifAtLeast(multicast4, 0, 1), accept, ...search(coarsen(ipv4), "drop")];
  const toIpv6 = [
    loadByte(38),
    ifEqual(multicast6, 0, 1),
    accept,
    loadWord(50),
    ...search(coarsen(ipv6), "drop"),
  ];
  return [
    loadWord(8),
    ...fromHost,
    loadHalf(12),
    ifEqual(etherType.arp, 0, 1),
    accept,
    ifEqual(etherType.vlan, 0, 1),
    accept,
    ifEqual(etherType.ipv4, 1, 0),
    jump(toIpv4.length),
    ...toIpv4,
    ifEqual(etherType.ipv6, 1, 0),
    drop,
    ...toIpv6,
  ];
}

/** The program as the kernel reads it: `struct sock_filter`, eight bytes each. */
export function encodeFilter(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt, jf, k }] of program.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, jt);
    view.setUint8(index * 8 + 3, jf);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}

/** The last words that a prefix's addresses can have. */
function rangeOf({ words, bits, family }: WordPrefix): Range {
  const ofLastWord = family === 4 ? bits : bits - 96;
  if (ofLastWord <= 0) return { low: 0, high: wordMax };
  const size = 2 ** (32 - ofLastWord);
  const low = Math.floor((words[3] >>> 0) / size) * size;
  return { low, high: low + size - 1 };
}

/** Sorted, apart from each other, and at most `rangesMax`: the smallest gaps are closed. */
export function coarsen(ranges: readonly Range[]): Range[] {
  const apart: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.low - b.low)) {
    const last = apart.at(-1);
    if (last && range.low <= last.high + 1) last.high = Math.max(last.high, range.high);
    else apart.push({ ...range });
  }
  if (apart.length <= rangesMax) return apart;
  const gaps = apart.slice(1).map((range, index) => range.low - (apart[index] as Range).high);
  const closed = [...gaps].sort((a, b) => a - b)[apart.length - rangesMax - 1] as number;
  const joined: Range[] = [];
  for (const range of apart) {
    const last = joined.at(-1);
    if (last && range.low - last.high <= closed) last.high = range.high;
    else joined.push({ ...range });
  }
  return joined;
}

/** Accepts when the accumulator is in one of the ranges; else drops, or runs on behind the last instruction. */
function search(ranges: readonly Range[], otherwise: "drop" | "continue"): Instruction[] {
  const found = tree(ranges);
  // A miss is a jump to the end, which is only known now.
  return otherwise === "drop"
    ? found.map((one) => (one === miss ? drop : one))
    : found.map((one, index) => (one === miss ? jump(found.length - index - 1) : one));
}

const miss = jump(0);

function tree(ranges: readonly Range[]): Instruction[] {
  const [first] = ranges;
  if (!first) return [miss];
  if (ranges.length === 1) return [ifAtLeast(first.low, 0, 2), ifAbove(first.high, 1, 0), accept, miss];
  const middle = ranges.length >> 1;
  const left = tree(ranges.slice(0, middle));
  const right = tree(ranges.slice(middle));
  // Conditional jumps reach 255 instructions only, so the far side is reached by a jump of its own.
  return [ifAtLeast((ranges[middle] as Range).low, 0, 1), jump(left.length), ...left, ...right];
}

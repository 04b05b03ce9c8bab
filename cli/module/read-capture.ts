/** One packet of a capture file. */
export interface CapturedPacket {
  /** Milliseconds since 1970, with a fraction. */
  timeMs: number;
  /** What it begins with (LINKTYPE_*, https://www.tcpdump.org/linktypes.html). */
  linkType: number;
  bytes: Uint8Array;
}

export const linkTypes = {
  ethernet: 1,
  rawBsd: 12,
  raw: 101,
  linuxCooked: 113,
  linuxCooked2: 276,
  ipv4: 228,
  ipv6: 229,
} as const;

/** A capture that breaks its format, with where and how. */
export class MalformedCapture extends Error {}

export const packetBytesMax = 262_144;
const interfacesMax = 1024;

/** Magic numbers of pcap: what the first four bytes are as a big-endian number, and what follows from them. */
const pcapMagics = new Map<number, { little: boolean; unitsPerMs: number }>([
  [0xd4c3b2a1, { little: true, unitsPerMs: 1e3 }],
  [0xa1b2c3d4, { little: false, unitsPerMs: 1e3 }],
  [0x4d3cb2a1, { little: true, unitsPerMs: 1e6 }],
  [0xa1b23c4d, { little: false, unitsPerMs: 1e6 }],
]);
const block = { section: 0x0a0d0d0a, interface: 1, simplePacket: 3, enhancedPacket: 6 } as const;

/**
 * The packets of a pcap (draft-ietf-opsawg-pcap) or pcapng (draft-ietf-opsawg-pcapng) file, in its order. Throws
 * `MalformedCapture` where the file breaks off or contradicts itself; the packets before that have been given by then.
 */
export function* readCapture(file: Uint8Array): Generator<CapturedPacket> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 4) throw new MalformedCapture("it is too short");
  const magic = view.getUint32(0);
  const pcap = pcapMagics.get(magic);
  if (pcap) yield* readPcap(view, pcap);
  else if (magic === block.section) yield* readPcapng(view);
  else throw new MalformedCapture(`it begins with 0x${magic.toString(16).padStart(8, "0")}`);
}

function* readPcap(
  view: DataView,
  { little, unitsPerMs }: { little: boolean; unitsPerMs: number },
): Generator<CapturedPacket> {
  if (view.byteLength < 24) throw new MalformedCapture("its header is not whole");
  const linkType = view.getUint32(20, little) & 0x0fff_ffff;
  for (let at = 24; at < view.byteLength; ) {
    if (view.byteLength - at < 16) throw new MalformedCapture(`the packet at byte ${at} is not whole`);
    const timeMs = view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / unitsPerMs;
    const bytes = packetAt(view, at + 16, view.getUint32(at + 8, little), view.byteLength);
    yield { timeMs, linkType, bytes };
    at += 16 + bytes.length;
  }
}

/** Whether a file is a capture, by how it begins. */
export function isCapture(file: Uint8Array): boolean {
  if (file.length < 4) return false;
  const magic = new DataView(file.buffer, file.byteOffset, 4).getUint32(0);
  return pcapMagics.has(magic) || magic === block.section;
}

interface CaptureInterface {
  linkType: number;
  /** Units of its timestamps in a millisecond. */
  unitsPerMs: number;
}

function* readPcapng(view: DataView): Generator<CapturedPacket> {
  let little = true;
  let interfaces: CaptureInterface[] = [];
  for (let at = 0; at < view.byteLength; ) {
    if (view.byteLength - at < 12) throw new MalformedCapture(`the block at byte ${at} is not whole`);
    if (view.getUint32(at) === block.section) {
      little = view.getUint32(at + 8) === 0x4d3c2b1a;
      interfaces = [];
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || length > view.byteLength - at)
      throw new MalformedCapture(`the block at byte ${at} has length ${length}`);
    const content = { start: at + 8, end: at + length - 4 };
    const packet = readBlock(view, { kind: view.getUint32(at, little), little, interfaces, ...content });
    if (packet) yield packet;
    at += length;
  }
}

interface Block {
  kind: number;
  little: boolean;
  interfaces: CaptureInterface[];
  start: number;
  end: number;
}

/** The packet in a block; an interface's block is remembered, any other is passed over. */
function readBlock(
  view: DataView,
  { kind, little, interfaces, start, end }: Block,
): CapturedPacket | undefined {
  const need = (bytes: number): void => {
    if (end - start < bytes)
      throw new MalformedCapture(`the block at byte ${start - 8} is too short for its kind`);
  };
  const interfaceOf = (index: number): CaptureInterface => {
    const found = interfaces[index];
    if (!found)
      throw new MalformedCapture(
        `the packet at byte ${start - 8} is of interface ${index}, which is not described`,
      );
    return found;
  };
  switch (kind) {
    case block.interface:
      need(8);
      if (interfaces.length >= interfacesMax)
        throw new MalformedCapture(`it has more than ${interfacesMax} interfaces`);
      interfaces.push({
        linkType: view.getUint16(start, little),
        unitsPerMs: unitsPerMs(view, start + 8, end, little),
      });
      return undefined;
    case block.enhancedPacket: {
      need(20);
      const from = interfaceOf(view.getUint32(start, little));
      const units = view.getUint32(start + 4, little) * 2 ** 32 + view.getUint32(start + 8, little);
      const bytes = packetAt(view, start + 20, view.getUint32(start + 12, little), end);
      return { timeMs: units / from.unitsPerMs, linkType: from.linkType, bytes };
    }
    case block.simplePacket: {
      need(4);
      const length = Math.min(view.getUint32(start, little), end - start - 4);
      return { timeMs: 0, linkType: interfaceOf(0).linkType, bytes: packetAt(view, start + 4, length, end) };
    }
    default:
      return undefined;
  }
}

/** The option if_tsresol: a power of ten, or of two when its top bit is set; microseconds when it is not there. */
function unitsPerMs(view: DataView, start: number, end: number, little: boolean): number {
  for (let at = start; end - at >= 4; ) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (code === 0) break;
    if (code === 9 && length === 1 && at + 5 <= end) {
      const resolution = view.getUint8(at + 4);
      return (resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution) / 1000;
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e3;
}

function packetAt(view: DataView, start: number, length: number, end: number): Uint8Array {
  if (length > packetBytesMax) throw new MalformedCapture(`the packet at byte ${start} has ${length} bytes`);
  if (length > end - start) throw new MalformedCapture(`the packet at byte ${start} is not whole`);
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}

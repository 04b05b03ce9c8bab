export interface MagicPacket {
  /** Whom it is to wake, as "02:00:00:00:00:05". */
  mac: string;
  /** What stands behind the addresses, up to six bytes: a SecureOn password, if the sender gave one. */
  password: Uint8Array;
}

const synchronization = Buffer.alloc(6, 0xff);
const repetitions = 16;
const passwordBytesMax = 6;

/**
 * Finds the magic packet in an Ethernet frame as a network card does: anywhere behind the addresses six bytes 0xFF, then
 * the card's address sixteen times (AMD, Magic Packet Technology, §2.1), whatever carries it: EtherType 0x0842, UDP.
 * Undefined when there is none.
 */
export function findMagicPacket(frame: Uint8Array): MagicPacket | undefined {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const needed = 6 + 6 * repetitions;
  // The address may itself begin with 0xFF, so each place is tried, up to the last that has room.
  for (let at = bytes.indexOf(synchronization, 12); at >= 0 && at + needed <= bytes.length; ) {
    const mac = bytes.subarray(at + 6, at + 12);
    if (isRepeated(bytes, at + 6)) {
      const end = at + needed;
      return { mac: macText(mac), password: Uint8Array.from(bytes.subarray(end, end + passwordBytesMax)) };
    }
    at = bytes.indexOf(synchronization, at + 1);
  }
  return undefined;
}

/** The packet in a frame of its own, to all on the LAN. */
export function magicFrame(mac: string, password: Uint8Array = new Uint8Array()): Uint8Array {
  const address = Buffer.from(mac.replaceAll(":", ""), "hex");
  const addresses = Array.from({ length: repetitions }, () => address);
  const header = Buffer.concat([synchronization, address, Buffer.of(0x08, 0x42)]);
  return Buffer.concat([header, synchronization, ...addresses, password]);
}

function isRepeated(bytes: Buffer, at: number): boolean {
  for (let place = 1; place < repetitions; place++) {
    if (bytes.compare(bytes, at, at + 6, at + 6 * place, at + 6 * place + 6) !== 0) return false;
  }
  return true;
}

function macText(mac: Buffer): string {
  return [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

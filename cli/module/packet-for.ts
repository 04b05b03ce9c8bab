import { networkPart } from "./describe-packet.ts";
import { type CapturedPacket, linkTypes } from "./read-capture.ts";

/** What a module would be handed of a captured packet, from IP on or (`raw`) the frame; undefined when it would not see it. */
export function packetFor({ linkType, bytes }: CapturedPacket, raw: boolean): Uint8Array | undefined {
  switch (linkType) {
    case linkTypes.ethernet: {
      if (raw) return bytes;
      const network = networkPart(bytes);
      const version = (network[0] ?? 0) >> 4;
      return version === 4 || version === 6 ? network : undefined;
    }
    case linkTypes.linuxCooked:
      return raw ? undefined : bytes.subarray(16);
    case linkTypes.linuxCooked2:
      return raw ? undefined : bytes.subarray(20);
    case linkTypes.raw:
    case linkTypes.rawBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return raw ? undefined : bytes;
    default:
      return undefined;
  }
}

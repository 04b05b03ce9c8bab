/**
 * The SDK for rules of the sleep proxy, in AssemblyScript. A rule exports `process_packet`, and re-exports `allocate`,
 * `deallocate` and (when it takes no configuration of its own) `configure` from here. docs/writing-modules.md shows how.
 * Nothing here allocates while packets are handled, so a rule may be built with the runtime that never frees.
 */
export { isMulticast, isZero, parseAddress, sameAddress } from "./address";
export { Batch } from "./batch";
export { bytesOfNetwork, isText, load16, load32, store16, store32 } from "./bytes";
export { checksum, checksumAdd, checksumUpdate } from "./checksum";
export { Composer } from "./composer";
export { accepted, configure, readConfig, refuse } from "./config";
export { nameBytesMax, nameLength, readName, sameName, writeName } from "./dns";
export { Json } from "./json";
export { log, nowMs } from "./host";
export { allocate, deallocate, newMessage } from "./memory";
export { Packet, packet } from "./packet";
export { Ports } from "./ports";
export { Prefixes } from "./prefixes";
export { ICMP, ICMPV6, IGMP, TCP, UDP } from "./protocols";
export { randomBelow } from "./random";
export { ignore, respond, respondLater, wake } from "./reaction";
export { StreamActions } from "./streams";

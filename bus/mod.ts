/**
 * The Bus port, its subjects, codecs and adapters: the one place where controller and daemons meet.
 * May import: schemas.
 */
export type * from "./bus.ts";
export { type Codec, codecs } from "./codecs.ts";
export { FairDecoder, type FairShare } from "./fair-decoder.ts";
export { Elector, type ElectorOptions } from "./leader/elector.ts";
export { bucketLease, type Lease, type LeaseStore, type StoredLease } from "./leader/lease.ts";
export { connectMemoryBus } from "./memory/bridge.ts";
export { type MemoryBus, memoryBus } from "./memory/memory.ts";
export * from "./messages.ts";
export { natsBus } from "./nats/nats.ts";
export type { NatsAuth, NatsBusOptions } from "./nats/nats-options.ts";
export {
  type NatsPermissions,
  type NatsUser,
  natsAuthorization,
  natsPermissions,
  seedFileName,
} from "./nats-permissions.ts";
export { RateLimit } from "./rate-limit.ts";
export * as shape from "./shape.ts";
export { type BusIdentity, buckets, hostTokens, isHostId, speakerOf, subjects } from "./subjects.ts";
export { decodeJson, encodeJson } from "./wire.ts";

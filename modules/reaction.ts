/**
 * Receives what a rule answers, in order. `memory` is the guest's own and lives only until the next call into the guest:
 * copy what is to be kept.
 */
export interface ReactionSink {
  /** Opcode 1: wake the sleeping host. */
  wake(): void;
  /** Opcodes 2 to 5: send these bytes; `delayMs` is 0 but for opcodes 4 and 5. */
  respond(memory: Uint8Array, offset: number, length: number, delayMs: number): void;
}

export const respondPacketsMax = 4096;
/** The largest IP packet and an Ethernet header with a VLAN tag. */
export const respondBytesMax = 65_535 + 18;
export const delayMsMax = 3_600_000;

const opcode = {
  ignore: 0,
  wake: 1,
  respond: 2,
  respondMany: 3,
  respondLater: 4,
  respondManyLater: 5,
} as const;

/**
 * Reads the answer at `pointer` (sloth-sleep-proxy §3.7.2; integers little-endian; opcode 4 is ours: delay in ms as u32,
 * then as opcode 2; and 5: as opcode 3, each packet behind a delay of its own) and hands it to the sink. Answers why it can't; then the sink has been told nothing.
 */
export function readReaction(memory: Uint8Array, pointer: number, sink: ReactionSink): string | undefined {
  if (pointer >= memory.length) return `its address ${pointer} is outside the guest's memory`;
  switch (memory[pointer]) {
    case opcode.ignore:
      return undefined;
    case opcode.wake:
      sink.wake();
      return undefined;
    case opcode.respond:
      return readOne(memory, { size: pointer + 1, delay: undefined }, sink);
    case opcode.respondMany:
      return readMany(memory, { count: pointer + 1, delays: false }, sink);
    case opcode.respondLater:
      return readOne(memory, { size: pointer + 5, delay: pointer + 1 }, sink);
    case opcode.respondManyLater:
      return readMany(memory, { count: pointer + 1, delays: true }, sink);
    default:
      return `opcode ${memory[pointer]} is not one of 0 to 5`;
  }
}

function readOne(
  memory: Uint8Array,
  at: { size: number; delay: number | undefined },
  sink: ReactionSink,
): string | undefined {
  const wrong = checkPacket(memory, at.size) ?? checkDelay(memory, at.delay);
  if (wrong) return wrong;
  sink.respond(memory, at.size + 4, readU32(memory, at.size), readDelay(memory, at.delay));
  return undefined;
}

/** Packets that each stand behind their size; with `delays`, that behind the packet's delay. */
function readMany(
  memory: Uint8Array,
  at: { count: number; delays: boolean },
  sink: ReactionSink,
): string | undefined {
  if (at.count + 4 > memory.length) return "it ends outside the guest's memory";
  const count = readU32(memory, at.count);
  if (count > respondPacketsMax) return `${count} packets are more than ${respondPacketsMax}`;
  const delayBytes = at.delays ? 4 : 0;
  let next = at.count + 4;
  for (let index = 0; index < count; index++) {
    const size = next + delayBytes;
    const wrong = checkPacket(memory, size) ?? checkDelay(memory, at.delays ? next : undefined);
    if (wrong) return wrong;
    next = size + 4 + readU32(memory, size);
  }
  next = at.count + 4;
  for (let index = 0; index < count; index++) {
    const size = next + delayBytes;
    const length = readU32(memory, size);
    sink.respond(memory, size + 4, length, readDelay(memory, at.delays ? next : undefined));
    next = size + 4 + length;
  }
  return undefined;
}

function readDelay(memory: Uint8Array, at: number | undefined): number {
  return at === undefined ? 0 : readU32(memory, at);
}

function checkDelay(memory: Uint8Array, at: number | undefined): string | undefined {
  const delayMs = readDelay(memory, at);
  return delayMs > delayMsMax ? `a delay of ${delayMs} ms is over ${delayMsMax}` : undefined;
}

/** What is wrong with the packet whose size stands at `at`. */
function checkPacket(memory: Uint8Array, at: number): string | undefined {
  if (at + 4 > memory.length) return "it ends outside the guest's memory";
  const length = readU32(memory, at);
  if (length === 0 || length > respondBytesMax)
    return `a packet of ${length} bytes is not in 1..${respondBytesMax}`;
  if (at + 4 + length > memory.length) return `a packet of ${length} bytes ends outside the guest's memory`;
  return undefined;
}

function readU32(memory: Uint8Array, at: number): number {
  return (
    ((memory[at] as number) |
      ((memory[at + 1] as number) << 8) |
      ((memory[at + 2] as number) << 16) |
      ((memory[at + 3] as number) << 24)) >>>
    0
  );
}

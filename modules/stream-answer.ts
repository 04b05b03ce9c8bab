/**
 * Receives what a rule does to its connections, in order; each is named by the number it was opened with. `memory` is the
 * guest's own and lives only until the next call into the guest: copy what is to be kept.
 */
export interface StreamSink {
  send(connection: number, memory: Uint8Array, offset: number, length: number): void;
  /** Ends the stream towards the peer once all that was sent has left. */
  close(connection: number): void;
  /** Breaks the connection off at once. */
  reset(connection: number): void;
  wake(): void;
  /** Wakes the host and gives the connection to it; these bytes are what the host is to read first. */
  handOver(connection: number, memory: Uint8Array, offset: number, length: number): void;
}

/** Of one `send` or `handOver`, and of one block of `stream_data`. */
export const streamBytesMax = 65_536;
const actionsMax = 4096;
const opcode = { ignore: 0, wake: 1, actions: 6 } as const;
const action = { send: 1, close: 2, reset: 3, handOver: 4, wake: 5 } as const;
const actionHeadBytes = 5;

/**
 * Reads the answer of a rule that sees streams: opcode 0 or 1 as in `readReaction`, or 6, a count (4 bytes) and that many
 * actions: kind (1 byte), connection (4), and for `send` and `handOver` a size (4) and bytes. Integers are little-endian.
 * Answers what is wrong with it; then the sink has been told nothing.
 */
export function readStreamAnswer(
  memory: Uint8Array<ArrayBuffer>,
  pointer: number,
  sink: StreamSink,
): string | undefined {
  if (pointer >= memory.length) return `its address ${pointer} is outside the guest's memory`;
  switch (memory[pointer]) {
    case opcode.ignore:
      return undefined;
    case opcode.wake:
      sink.wake();
      return undefined;
    case opcode.actions:
      return readActions(memory, pointer + 1, sink);
    default:
      return `opcode ${memory[pointer]} is not 0, 1 or 6`;
  }
}

function readActions(memory: Uint8Array<ArrayBuffer>, at: number, sink: StreamSink): string | undefined {
  if (at + 4 > memory.length) return "it ends outside the guest's memory";
  const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
  const count = view.getUint32(at, true);
  if (count > actionsMax) return `${count} actions are more than ${actionsMax}`;
  let next = at + 4;
  for (let index = 0; index < count; index++) {
    const bytes = checkAction(view, next);
    if (typeof bytes === "string") return bytes;
    next += bytes;
  }
  next = at + 4;
  for (let index = 0; index < count; index++) next += perform(memory, view, next, sink);
  return undefined;
}

const hasBytes = (kind: number): boolean => kind === action.send || kind === action.handOver;

/** How long the action is, or what is wrong with it. */
function checkAction(view: DataView, at: number): number | string {
  if (at + actionHeadBytes > view.byteLength) return "it ends outside the guest's memory";
  const kind = view.getUint8(at);
  if (kind < action.send || kind > action.wake) return `action ${kind} is not one of 1 to 5`;
  if (!hasBytes(kind)) return actionHeadBytes;
  if (at + actionHeadBytes + 4 > view.byteLength) return "it ends outside the guest's memory";
  const length = view.getUint32(at + actionHeadBytes, true);
  if (length > streamBytesMax) return `${length} bytes in one action are more than ${streamBytesMax}`;
  const end = actionHeadBytes + 4 + length;
  return at + end > view.byteLength ? `${length} bytes end outside the guest's memory` : end;
}

/** Answers how long the action was. */
function perform(memory: Uint8Array<ArrayBuffer>, view: DataView, at: number, sink: StreamSink): number {
  const kind = view.getUint8(at);
  const connection = view.getUint32(at + 1, true);
  if (kind === action.close) sink.close(connection);
  else if (kind === action.reset) sink.reset(connection);
  else if (kind === action.wake) sink.wake();
  if (!hasBytes(kind)) return actionHeadBytes;
  const length = view.getUint32(at + actionHeadBytes, true);
  const from = at + actionHeadBytes + 4;
  if (kind === action.send) sink.send(connection, memory, from, length);
  else sink.handOver(connection, memory, from, length);
  return actionHeadBytes + 4 + length;
}

export const verdicts = { notMine: 0, customized: 1, drop: 2, more: 3 } as const;
export type Verdict = (typeof verdicts)[keyof typeof verdicts];

export const piecesMax = 4096;
export const customizationDelayMsMax = 60_000;
const headBytes = 16;
const pieceBytes = 8;

/** How much a message of so many bytes may become. */
export function outputBytesMax(length: number): number {
  return Math.min(4 * length + 65_536, 1_048_576);
}

/**
 * What a customization answered to one message, checked (decision 0016). One of these is filled again at each call: what it
 * says, and the memory that its pieces lie in, last until the next call into the guest.
 */
export class CustomizationAnswer {
  verdict: Verdict = verdicts.notMine;
  /** Bytes of the message that the verdict is about, from its first on: all of a datagram; 0 for `more`. */
  consumed = 0;
  delayMs = 0;
  /** Of pieces; only `customized` has any. */
  count = 0;
  /** Address and length of each piece, inside `memory`. */
  readonly pieces = new Uint32Array(2 * piecesMax);
  /** Lengths of the pieces together. */
  bytes = 0;
  memory: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** Copies the pieces, one behind the other, and answers the offset behind them. */
  copyTo(target: Uint8Array, offset: number): number {
    const { pieces, memory } = this;
    let at = offset;
    for (let index = 0; index < 2 * this.count; index += 2) {
      const start = pieces[index] as number;
      const length = pieces[index + 1] as number;
      // Few bytes are copied sooner by a loop than by making a view.
      if (length <= 32) for (let i = 0; i < length; i++) target[at + i] = memory[start + i] as number;
      else target.set(memory.subarray(start, start + length), at);
      at += length;
    }
    return at;
  }

  /** Takes the answer at `pointer` to a message of `length` bytes; answers what is wrong with it. */
  read(memory: Uint8Array<ArrayBuffer>, pointer: number, length: number): string | undefined {
    this.memory = memory;
    this.verdict = verdicts.notMine;
    this.consumed = length;
    this.delayMs = 0;
    this.count = 0;
    this.bytes = 0;
    if (pointer === 0) return undefined;
    if (pointer + headBytes > memory.length) return `its address ${pointer} is outside the guest's memory`;
    const verdict = readU32(memory, pointer);
    if (verdict > verdicts.more) return `verdict ${verdict} is not one of 0 to 3`;
    const consumed = readU32(memory, pointer + 4);
    if (consumed > length) return `it consumed ${consumed} of ${length} bytes`;
    const delayMs = readU32(memory, pointer + 8);
    if (delayMs > customizationDelayMsMax)
      return `a delay of ${delayMs} ms is over ${customizationDelayMsMax}`;
    if (verdict === verdicts.customized) {
      const wrong = this.#readPieces(memory, pointer + 12, outputBytesMax(length));
      if (wrong !== undefined) return wrong;
    }
    this.verdict = verdict as Verdict;
    if (verdict === verdicts.more) this.consumed = 0;
    else if (consumed > 0) this.consumed = consumed;
    this.delayMs = delayMs;
    return undefined;
  }

  #readPieces(memory: Uint8Array, at: number, bytesMax: number): string | undefined {
    const count = readU32(memory, at);
    if (count > piecesMax) return `${count} pieces are more than ${piecesMax}`;
    let next = at + 4;
    if (next + count * pieceBytes > memory.length) return "its pieces end outside the guest's memory";
    const { pieces } = this;
    let bytes = 0;
    for (let index = 0; index < 2 * count; index += 2, next += pieceBytes) {
      const start = readU32(memory, next);
      const length = readU32(memory, next + 4);
      if (start + length > memory.length)
        return `a piece of ${length} bytes at ${start} is outside its memory`;
      bytes += length;
      pieces[index] = start;
      pieces[index + 1] = length;
    }
    if (bytes > bytesMax) return `${bytes} bytes are more than the ${bytesMax} that this message may become`;
    this.count = count;
    this.bytes = bytes;
    return undefined;
  }
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

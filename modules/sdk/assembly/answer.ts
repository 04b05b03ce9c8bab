/**
 * Answers of a customization (decision 0016). `consumed` says how many bytes of a stream an answer is about, from the first
 * on; 0 is all of them, and a datagram is always meant whole.
 */
const headBytes: usize = 16;
const piecesMax: u32 = 4096;

/** What takes the place of a message: pieces of memory, in the message or elsewhere, none of which is copied. */
export class Answer {
  count: u32 = 0;
  private block: usize = heap.alloc(headBytes + 8 * piecesMax);
  private behind: usize = 0;

  begin(): Answer {
    this.count = 0;
    this.behind = 0;
    return this;
  }

  /** Adds a piece; false when there is room for no more of them. What touches the piece before it becomes one with it. */
  add(start: usize, length: u32): bool {
    if (length == 0) return true;
    const at = this.block + headBytes + 8 * this.count;
    if (start == this.behind) store<u32>(at - 4, load<u32>(at - 4) + length);
    else {
      if (this.count == piecesMax) return false;
      store<u32>(at, <u32>start);
      store<u32>(at, length, 4);
      this.count++;
    }
    this.behind = start + length;
    return true;
  }

  /** How many more pieces there is room for. */
  get room(): u32 {
    return piecesMax - this.count;
  }

  /** The pieces take the place of what is consumed. */
  customized(consumed: u32 = 0, delayMs: u32 = 0): usize {
    return this.say(1, consumed, delayMs, this.count);
  }

  say(verdict: u32, consumed: u32, delayMs: u32, count: u32): usize {
    store<u32>(this.block, verdict);
    store<u32>(this.block, consumed, 4);
    store<u32>(this.block, delayMs, 8);
    store<u32>(this.block, count, 12);
    return this.block;
  }
}

/** The one answer that there is at a time: `begin`, `add` pieces, `customized`. */
export const answer = new Answer();

/** The next module is asked; what none wants passes as it is, after a delay if one is given. */
export function notMine(consumed: u32 = 0, delayMs: u32 = 0): usize {
  return answer.say(0, consumed, delayMs, 0);
}

export function drop(consumed: u32 = 0): usize {
  return answer.say(2, consumed, 0, 0);
}

/** More bytes of the stream are to come before this can be told; with `waitMs`, so long at most, and then it is asked again. */
export function more(waitMs: u32 = 0): usize {
  return answer.say(3, 0, waitMs, 0);
}

/** Something that is due at a time. */
export interface Timer<T> {
  readonly dueMs: number;
  readonly what: T;
  /** The heap's own: where it is in it; -1 once it is out. */
  place: number;
}

/** What is due when: a binary heap, so that thousands of timers cost a few steps each. */
export class Timers<T> {
  readonly #heap: Timer<T>[] = [];
  readonly #timersMax: number;

  constructor(timersMax: number) {
    this.#timersMax = timersMax;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** When the first is due; infinity when there is none. */
  get nextMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Undefined when there are as many as there may be. */
  add(dueMs: number, what: T): Timer<T> | undefined {
    if (this.#heap.length >= this.#timersMax) return undefined;
    const timer = { dueMs, what, place: this.#heap.length };
    this.#heap.push(timer);
    this.#rise(timer);
    return timer;
  }

  remove(timer: Timer<T>): void {
    if (timer.place < 0) return;
    const last = this.#heap.pop() as Timer<T>;
    if (last !== timer) {
      this.#put(last, timer.place);
      this.#rise(last);
      this.#sink(last);
    }
    timer.place = -1;
  }

  /** Takes the first one out, when it is due. */
  takeDue(nowMs: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    this.remove(first);
    return first.what;
  }

  #put(timer: Timer<T>, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }

  #rise(timer: Timer<T>): void {
    while (timer.place > 0) {
      const parent = this.#heap[(timer.place - 1) >> 1]!;
      if (parent.dueMs <= timer.dueMs) return;
      const { place } = timer;
      this.#put(timer, parent.place);
      this.#put(parent, place);
    }
  }

  #sink(timer: Timer<T>): void {
    for (;;) {
      const left = this.#heap[timer.place * 2 + 1];
      const right = this.#heap[timer.place * 2 + 2];
      const child = right !== undefined && right.dueMs < left!.dueMs ? right : left;
      if (child === undefined || child.dueMs >= timer.dueMs) return;
      const { place } = timer;
      this.#put(timer, child.place);
      this.#put(child, place);
    }
  }
}

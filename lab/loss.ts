/**
 * Decides which frames of a direction of a link are lost. The same seed loses the same frames, counted from the start of
 * the lab. Returns a function that says of the next frame whether it is lost.
 */
export function lossOf(ratio: number, seed: number): () => boolean {
  const next = randomOf(seed);
  return () => next() < ratio;
}

/** Mulberry32: 32 bits of state, evenly spread; returns numbers from 0 up to 1. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

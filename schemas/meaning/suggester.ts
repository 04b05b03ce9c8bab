import { suggest } from "../parse/suggest.ts";

/** Who has made more mistakes than this is helped by the first suggestions, and the rest would take long to find. */
const suggestionsMax = 100;
const candidatesMax = 5_000;

/** Suggests names that may have been meant, up to a bound for one check of a whole source. */
export class Suggester {
  #left = suggestionsMax;

  /** `candidates` is asked only if there is still something to be suggested. */
  suggest(given: string, candidates: () => Iterable<string>): string | undefined {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    return suggest(given, firstOf(candidates()));
  }
}

function* firstOf(candidates: Iterable<string>): Iterable<string> {
  let left = candidatesMax;
  for (const candidate of candidates) {
    if (left === 0) return;
    left -= 1;
    yield candidate;
  }
}

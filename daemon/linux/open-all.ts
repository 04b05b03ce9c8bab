interface Closable {
  close(): void;
}

export type Kept = <C extends Closable>(made: C) => C;

/**
 * Opens several things that belong together: hands what `open` makes through, and when it throws closes all that it had `kept`
 * by then, the last first.
 */
export function openAll<T>(open: (kept: Kept) => T): T {
  const made: Closable[] = [];
  try {
    return open((each) => {
      made.push(each);
      return each;
    });
  } catch (error) {
    for (const each of made.reverse()) each.close();
    throw error;
  }
}

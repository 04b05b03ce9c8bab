/** How `netloom top` shows things of one kind. */
export interface TopView<T> {
  /** Where the controller tells of them. */
  path: string;
  namespaceOf(item: T): string;
  /** By order: the most comes first. */
  weights: Record<string, (item: T) => number>;
  /** Tells items apart, and their order where they are even. */
  key(item: T): string;
  headings(columns: TopColumns): string[];
  /** @param before the same item as it was shown last, and how many seconds ago */
  row(item: T, columns: TopColumns, before?: { item: T; seconds: number }): string[];
  none: string;
}

export interface TopColumns {
  withNamespace: boolean;
  isWide: boolean;
}

/** The most comes first; what is even, in order of keys. */
export function sorted<T>(items: readonly T[], order: string, { weights, key }: TopView<T>): T[] {
  const weigh = weights[order] ?? (() => 0);
  return [...items].sort((a, b) => weigh(b) - weigh(a) || (key(a) < key(b) ? -1 : 1));
}

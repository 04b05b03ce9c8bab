/** Says whether trying the same again can help, and how the problem reads. */
export function entry<D>(
  retry: boolean,
  text: (data: D) => string,
): { retry: boolean; text: (data: D) => string } {
  return { retry, text };
}

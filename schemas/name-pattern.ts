/** Whether a name is a pattern: `*` stands for any characters, `?` for one. */
export function isNamePattern(text: string): boolean {
  return /[*?]/.test(text);
}

/** Tells whether a name is what a pattern, or a name, means. */
export function nameTest(pattern: string): (name: string) => boolean {
  if (!isNamePattern(pattern)) return (name) => name === pattern;
  const source = pattern
    .replace(/[\\^$+.()|[\]{}]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  const expression = new RegExp(`^${source}$`, "su");
  return (name) => expression.test(name);
}

/** Whether some name is meant by both patterns. */
export function namePatternsOverlap(one: string, two: string): boolean {
  const [a, b] = [[...one], [...two]];
  // Of row i, place j: some text is meant by the first i characters of one and by the first j of two.
  let row = [true];
  for (const [j, second] of b.entries()) row.push(row[j] === true && second === "*");
  for (const first of a) {
    const above = row;
    row = [above[0] === true && first === "*"];
    for (const [j, second] of b.entries()) {
      const isEmptyStar = (first === "*" && above[j + 1] === true) || (second === "*" && row[j] === true);
      const isWild = /[*?]/.test(first) || /[*?]/.test(second);
      const isSame = (isWild || first === second) && above[j] === true;
      // A star goes on over one more character of the other.
      const isLongStar = (first === "*" && row[j] === true) || (second === "*" && above[j + 1] === true);
      row.push(isEmptyStar || isSame || isLongStar);
    }
  }
  return row.at(-1) === true;
}

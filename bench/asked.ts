/** What `tools/bench` was asked for: all of a file ("sleep"), or one of its figures or groups of them ("sleep.echo"). */
export const asked = process.argv[2];

/** Whether a figure, or a group of figures, is asked for: names are compared by their parts, so `.1000` is not `.10000`. */
export function isAsked(figure: string, wanted = asked): boolean {
  return wanted === undefined || isWithin(figure, wanted) || isWithin(wanted, figure);
}

function isWithin(figure: string, group: string): boolean {
  return figure === group || figure.startsWith(`${group}.`);
}

import { stripVTControlCharacters } from "node:util";

const gap = "   ";

/** Widths of columns, kept from one print to the next so that what is watched stays aligned. */
export class Table {
  readonly #widths: number[];
  readonly #headings: readonly string[];

  constructor(headings: readonly string[]) {
    this.#headings = headings;
    this.#widths = headings.map((heading) => heading.length);
  }

  heading(): string {
    return this.#line(this.#headings);
  }

  /** Lines for rows, aligned with all that came before. Colours do not count. */
  rows(rows: readonly (readonly string[])[]): string[] {
    for (const row of rows) {
      row.forEach((cell, at) => {
        this.#widths[at] = Math.max(this.#widths[at] ?? 0, widthOf(cell));
      });
    }
    return rows.map((row) => this.#line(row));
  }

  #line(cells: readonly string[]): string {
    const padded = cells.map(
      (cell, at) => cell + " ".repeat(Math.max(0, (this.#widths[at] ?? 0) - widthOf(cell))),
    );
    return padded.join(gap).trimEnd();
  }
}

/** Heading and rows of a whole table, as lines. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table(headings);
  const lines = made.rows(rows);
  return [made.heading(), ...lines].map((line) => `${line}\n`).join("");
}

const widthOf = (cell: string): number => [...stripVTControlCharacters(cell)].length;

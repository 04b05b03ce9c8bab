import { Table } from "../client/table.ts";

/** Rows of the table that are aligned together and printed at once. */
const rowsAtOnce = 50;

/** Prints a table while it is made. */
export class RowPrinter {
  readonly #table: Table;
  #rows: string[][] = [];
  #isBegun = false;

  constructor(headings: readonly string[]) {
    this.#table = new Table(headings);
  }

  add(rows: readonly string[][]): void {
    this.#rows.push(...rows);
    if (this.#rows.length >= rowsAtOnce) this.#print();
  }

  end(): void {
    if (this.#rows.length > 0 || !this.#isBegun) this.#print();
  }

  #print(): void {
    const lines = this.#table.rows(this.#rows);
    if (!this.#isBegun) process.stdout.write(`${this.#table.heading()}\n`);
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    this.#isBegun = true;
    this.#rows = [];
  }
}

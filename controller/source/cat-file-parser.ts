/** One answer of `git cat-file --batch`. */
export type CatFileAnswer =
  | { kind: "object"; id: string; type: string; content: Uint8Array }
  | { kind: "missing" };

/**
 * Takes the output of `git cat-file --batch` apart, however it is cut into chunks: a line "ID TYPE BYTES", the content
 * and a line feed, or a line "ID missing" (git-cat-file(1), "Batch Output").
 */
export class CatFileParser {
  #header: Uint8Array = new Uint8Array(0);
  #object: { id: string; type: string; content: Uint8Array; filled: number } | undefined;

  /** The answers that this chunk completes, in order. Throws on what git never prints. */
  feed(chunk: Uint8Array): CatFileAnswer[] {
    const answers: CatFileAnswer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#object) at = this.#readContent(chunk, at, answers);
      else at = this.#readHeader(chunk, at, answers);
    }
    return answers;
  }

  #readHeader(chunk: Uint8Array, at: number, answers: CatFileAnswer[]): number {
    const end = chunk.indexOf(0x0a, at);
    const part = chunk.subarray(at, end < 0 ? chunk.length : end);
    this.#header = Buffer.concat([this.#header, part]);
    if (end < 0) return chunk.length;
    const line = Buffer.from(this.#header).toString("latin1");
    this.#header = new Uint8Array(0);
    const found = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line);
    if (found) {
      // Not from the pool: what a snapshot keeps must not keep its neighbours.
      const content = new Uint8Array(Number(found[3]));
      this.#object = { id: found[1]!, type: found[2]!, content, filled: 0 };
    } else if (/ (?:missing|ambiguous)$/.test(line)) {
      answers.push({ kind: "missing" });
    } else {
      throw new Error(`git cat-file printed "${line.slice(0, 100)}"`);
    }
    return end + 1;
  }

  /** The content and the line feed that ends it. */
  #readContent(chunk: Uint8Array, at: number, answers: CatFileAnswer[]): number {
    const object = this.#object!;
    const part = chunk.subarray(at, at + object.content.length - object.filled);
    object.content.set(part, object.filled);
    object.filled += part.length;
    const end = at + part.length;
    if (object.filled < object.content.length || end === chunk.length) return end;
    const { id, type, content } = object;
    answers.push({ kind: "object", id, type, content });
    this.#object = undefined;
    return end + 1;
  }
}

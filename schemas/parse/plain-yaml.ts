import { sourceLimits } from "./limits.ts";
import { gaveUp, resolvePlain } from "./plain-scalar.ts";

/**
 * Reads the plain part of YAML that almost every object is written in: block mappings and sequences, flow collections
 * on one line, plain scalars on one line, quoted scalars without escapes, comments. On anything else it
 * gives up (undefined), without an opinion on whether the text is valid; what it does read is what the `yaml` package
 * reads (schema "core", string keys), which test/schemas/parse/plain-yaml.test.ts holds it to. Some twenty times as
 * fast (docs/decisions/0001-a-fast-reader-for-plain-yaml.md).
 */
export function readPlainYaml(text: string): { value: unknown } | undefined {
  if (!fit.test(text)) return undefined;
  try {
    return { value: new PlainReader(text).document() };
  } catch (error) {
    if (error === gaveUp) return undefined;
    throw error;
  }
}

/** Without tabs, carriage returns, other control characters, and what YAML or Unicode may take for a line break. */
const fit = /^[\n -~\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]*$/;

const newline = 10;
const space = 32;
const doubleQuote = 34;
const hash = 35;
const singleQuote = 39;
const comma = 44;
const dash = 45;
const colon = 58;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Characters of keys: 1 may begin a key, 2 may only continue one. */
const keyCharacters = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") {
  keyCharacters[character.charCodeAt(0)] = 1;
}
for (const character of "0123456789./-") keyCharacters[character.charCodeAt(0)] = 2;

/** What `yaml` would make a key of another type of. */
const reservedKeys = /^(?:[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|__proto__)$/;

/** Stands at the content of a line, whose indentation it knows; every method leaves it at the next thing to read. */
class PlainReader {
  readonly #text: string;
  #position = 0;
  #indent = -1;
  #lineStart = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    this.#nextLine();
    if (this.#indent !== 0) throw gaveUp;
    const value = this.#mapping(0);
    if (this.#indent >= 0) throw gaveUp;
    return value;
  }

  /** Goes to the next line that is neither blank nor a comment; at the end the indentation is -1. */
  #nextLine(): void {
    const text = this.#text;
    for (;;) {
      const start = this.#position;
      let at = start;
      while (text.charCodeAt(at) === space) at += 1;
      const code = text.charCodeAt(at);
      if (at >= text.length) {
        this.#position = at;
        this.#indent = -1;
        return;
      }
      if (code !== newline && code !== hash) {
        this.#position = at;
        this.#indent = at - start;
        this.#lineStart = start;
        return;
      }
      const end = code === newline ? at : text.indexOf("\n", at);
      this.#position = end < 0 ? text.length : end + 1;
    }
  }

  /** The rest of a line must be blank or a comment. */
  #endLine(): void {
    const text = this.#text;
    const before = this.#position;
    let at = before;
    while (text.charCodeAt(at) === space) at += 1;
    if (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === hash && at > before) {
        const end = text.indexOf("\n", at);
        at = end < 0 ? text.length : end;
      } else if (code !== newline) throw gaveUp;
    }
    this.#position = Math.min(at + 1, text.length);
    this.#nextLine();
  }

  #atItem(): boolean {
    if (this.#text.charCodeAt(this.#position) !== dash) return false;
    const next = this.#text.charCodeAt(this.#position + 1);
    return next === space || next === newline || Number.isNaN(next);
  }

  #mapping(indent: number): Record<string, unknown> {
    this.#enter();
    const out: Record<string, unknown> = {};
    while (this.#indent === indent && !this.#atItem()) {
      const key = this.#key();
      if (key === undefined || Object.hasOwn(out, key)) throw gaveUp;
      out[key] = this.#value(indent, indent);
      if (this.#indent > indent) throw gaveUp;
    }
    this.#depth -= 1;
    return out;
  }

  #sequence(indent: number): unknown[] {
    this.#enter();
    const out: unknown[] = [];
    while (this.#indent === indent && this.#atItem()) {
      this.#position += 1;
      out.push(this.#item(indent));
      if (this.#indent > indent) throw gaveUp;
    }
    this.#depth -= 1;
    return out;
  }

  /** What follows "-": a mapping or sequence that begins on its line is indented as far as it stands. */
  #item(indent: number): unknown {
    const text = this.#text;
    let at = this.#position;
    while (text.charCodeAt(at) === space) at += 1;
    const column = at - this.#lineStart;
    const start = this.#position;
    this.#position = at;
    if (this.#atItem()) {
      this.#indent = column;
      return this.#sequence(column);
    }
    if (this.#key() !== undefined) {
      this.#position = at;
      this.#indent = column;
      return this.#mapping(column);
    }
    this.#position = start;
    return this.#value(indent, indent + 1);
  }

  /** A key and its colon, or undefined (and nothing is read). */
  #key(): string | undefined {
    const text = this.#text;
    const start = this.#position;
    if (keyCharacters[text.charCodeAt(start)] !== 1) return undefined;
    let at = start + 1;
    while ((keyCharacters[text.charCodeAt(at)] as number) > 0) at += 1;
    if (text.charCodeAt(at) !== colon) return undefined;
    const next = text.charCodeAt(at + 1);
    if (next !== space && next !== newline && !Number.isNaN(next)) return undefined;
    const key = text.slice(start, at);
    if (reservedKeys.test(key)) throw gaveUp;
    this.#position = at + 1;
    return key;
  }

  /** On this line or, deeper than `indent`, on the next ones; a sequence may be as deep as `sequenceIndent`. */
  #value(indent: number, sequenceIndent: number): unknown {
    const text = this.#text;
    let at = this.#position;
    while (text.charCodeAt(at) === space) at += 1;
    const code = text.charCodeAt(at);
    if (at < text.length && code !== newline && code !== hash) {
      this.#position = at;
      const value = this.#inline();
      this.#endLine();
      return value;
    }
    this.#endLine();
    if (this.#indent >= sequenceIndent && this.#atItem()) return this.#sequence(this.#indent);
    return this.#indent > indent ? this.#mapping(this.#indent) : null;
  }

  #inline(): unknown {
    const code = this.#text.charCodeAt(this.#position);
    if (code === openBracket) return this.#flowSequence();
    if (code === openBrace) return this.#flowMapping();
    if (code === doubleQuote || code === singleQuote) return this.#quoted(code);
    return this.#plain();
  }

  /** To the end of the line, or to a comment. */
  #plain(): unknown {
    const text = this.#text;
    const start = this.#position;
    const lineEnd = text.indexOf("\n", start);
    let end = lineEnd < 0 ? text.length : lineEnd;
    for (let at = start; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === hash && text.charCodeAt(at - 1) === space) end = at;
      else if (code === colon && (at + 1 === end || text.charCodeAt(at + 1) === space)) throw gaveUp;
    }
    while (end > start && text.charCodeAt(end - 1) === space) end -= 1;
    this.#position = end;
    return resolvePlain(text.slice(start, end));
  }

  #quoted(quote: number): string {
    const text = this.#text;
    const start = this.#position + 1;
    let at = start;
    for (; text.charCodeAt(at) !== quote; at += 1) {
      const code = text.charCodeAt(at);
      if (code === newline || code === 92 || at >= text.length) throw gaveUp;
    }
    // Two single quotes would stand for one: what follows here is then no end of a value, and the reader gives up there.
    this.#position = at + 1;
    return text.slice(start, at);
  }

  #flowSequence(): unknown[] {
    this.#enter();
    const out: unknown[] = [];
    this.#position += 1;
    this.#skipSpaces();
    while (this.#text.charCodeAt(this.#position) !== closeBracket) {
      out.push(this.#flowValue());
      this.#separator(closeBracket);
    }
    this.#position += 1;
    this.#depth -= 1;
    return out;
  }

  #flowMapping(): Record<string, unknown> {
    this.#enter();
    const out: Record<string, unknown> = {};
    this.#position += 1;
    this.#skipSpaces();
    while (this.#text.charCodeAt(this.#position) !== closeBrace) {
      const key = this.#key();
      if (key === undefined || Object.hasOwn(out, key)) throw gaveUp;
      this.#skipSpaces();
      out[key] = this.#flowValue();
      this.#separator(closeBrace);
    }
    this.#position += 1;
    this.#depth -= 1;
    return out;
  }

  /** A comma and the next thing, or the closing character. */
  #separator(closing: number): void {
    this.#skipSpaces();
    const code = this.#text.charCodeAt(this.#position);
    if (code === closing) return;
    if (code !== comma) throw gaveUp;
    this.#position += 1;
    this.#skipSpaces();
    if (this.#text.charCodeAt(this.#position) === closing) throw gaveUp;
  }

  #flowValue(): unknown {
    const code = this.#text.charCodeAt(this.#position);
    if (code === openBracket) return this.#flowSequence();
    if (code === openBrace) return this.#flowMapping();
    if (code !== doubleQuote && code !== singleQuote) return this.#flowPlain();
    const value = this.#quoted(code);
    if (this.#text.charCodeAt(this.#position) === colon) throw gaveUp;
    return value;
  }

  #flowPlain(): unknown {
    const text = this.#text;
    const start = this.#position;
    let at = start;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === comma || code === closeBracket || code === closeBrace) break;
      if (code === openBracket || code === openBrace || code === hash || code === newline) throw gaveUp;
      if (Number.isNaN(code)) throw gaveUp;
      if (code !== colon) continue;
      const next = text.charCodeAt(at + 1);
      if (next === space || next === newline || isFlowIndicator(next)) throw gaveUp;
    }
    let end = at;
    while (end > start && text.charCodeAt(end - 1) === space) end -= 1;
    this.#position = at;
    return resolvePlain(text.slice(start, end));
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#position) === space) this.#position += 1;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > sourceLimits.depthMax) throw gaveUp;
  }
}

function isFlowIndicator(code: number): boolean {
  return (
    code === comma ||
    code === openBracket ||
    code === closeBracket ||
    code === openBrace ||
    code === closeBrace
  );
}

/** Thrown by the plain reader when it meets what it is not certain of. */
export const gaveUp = Symbol("gave up");

/** Characters that a plain scalar may begin with here; YAML allows some more. */
const startsText = /^[A-Za-z/_]/;
const startsNumber = /^[-+.0-9]/;

const words = new Map<string, unknown>([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  ["null", null],
  ["Null", null],
  ["NULL", null],
]);

/** Whatever the core schema (YAML 1.2.2 §10.3.2) takes for a number. */
const numberLike =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;
const simpleNumber = /^(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6})$/;

/** The value of a plain scalar that stands on one line, trimmed; throws `gaveUp` for those that are rare. */
export function resolvePlain(text: string): unknown {
  if (startsText.test(text)) {
    if (text.length > 5) return text;
    const word = words.get(text);
    return word === undefined ? text : word;
  }
  if (!startsNumber.test(text)) throw gaveUp;
  if (!numberLike.test(text)) {
    // "-" may begin text, but also what is no scalar at all.
    if (text.charCodeAt(0) === 45) throw gaveUp;
    return text;
  }
  if (simpleNumber.test(text)) return Number(text);
  throw gaveUp;
}

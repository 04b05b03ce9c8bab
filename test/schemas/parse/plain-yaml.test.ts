import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { readPlainYaml } from "../../../schemas/parse/plain-yaml.ts";
import { readAnyValue } from "../../../schemas/parse/read-value.ts";

/** Whatever the plain reader reads, the `yaml` package must read the same; giving up is always right. */
function outcome(text: string): "same" | "gave up" {
  const plain = readPlainYaml(text);
  if (plain === undefined) return "gave up";
  const full = readAnyValue({ text, linesBefore: 0 }, "x.yaml");
  assert.is(full.kind, "value", `only the plain reader read:\n${text}\n${JSON.stringify(plain.value)}`);
  if (full.kind === "value") {
    assert.is(JSON.stringify(plain.value), JSON.stringify(full.value), `read otherwise:\n${text}`);
  }
  return "same";
}

/** Runs many texts, and sees to it that enough of them were plain for the comparison to say something. */
function compareMany(texts: fc.Arbitrary<string>, numRuns: number, plainMin: number): void {
  let plain = 0;
  const property = fc.property(texts, (text) => {
    if (outcome(text) === "same") plain += 1;
  });
  fc.assert(property, { numRuns });
  assert.ok(plain >= plainMin, `only ${plain} of ${numRuns} texts were plain: the test says little`);
}

const object = `# a rule
apiVersion: netloom.dev/v1alpha1
kind: Rule   # trailing
metadata:
  name: answer-ping
  labels: {site: lab, netloom.dev/role: storage, quoted: 'x'}
spec:
  hosts:
    matchLabels: {role: storage}
    matchExpressions:
    - key: site
      operator: In
      values: [a, "b c", 10.0.0.0/8:*, 5, -2, 0.5, true, null]
    - {key: x, operator: Exists}
  priority: 100
  program:
    standard: icmp-echo
    config:
      allow:
        - 10.0.0.0/8
        - "fd00::/8"
        -
          - nested
          - - more
            - "it's"
      empty: {}
      list: []
      nothing:
`;

const scalars =
  "0 1 -1 -0 +1 007 1e3 1.5 1. .5 -.5 0.10 0x1F 0o17 .inf -.inf .nan 1_000 12345678901234567890 ~ null Null NULL " +
  "nulL true True TRUE tRUE false yes no on off 10.0.0.5/24 2ms 1:30 2024-01-01 - -- --- ... .. . -a -5a +a = << ! & * | > % @ ` ? " +
  ': # #a a#b a:b a::b fd00::5 [a a] {a a} a,b \'a "a a"b \\a ~a !a &a *a __proto__ ' +
  `'q'#c "q"#c [q]#c {q: r}#c 'it''s' '' '''' "" 'q'r "q":r 'q':`;
const frames = [
  "a: X",
  "a: [X]",
  "a: [b, X, c]",
  "a: {b: X}",
  "a:\n- X",
  "a:\n  - X\n  - b",
  "X: a",
  "a: {X: a}",
  "a: X # c",
];
const lineParts = [
  ..."a|b|key:|-|'|\"|[|]|{|}|,|:|#|>|&|*|!|%|@|?|true|1|-1|0x1|a:b|.5|'q'|\"q\"|---|...|[a]|{a: b}".split(
    "|",
  ),
  "|",
  " ",
  "  ",
  "\n",
  "\n  ",
  "\n    ",
  "\n- ",
  "\n  - ",
  "a: ",
  "b: ",
  "c:",
  "- ",
  "\nd: ",
  "\u00e9",
  "\u00a0",
  "\u3000",
  "\n  e: ",
  " # ",
];
const inserts = [
  "\u00e9",
  "\u2028",
  "\ufeff",
  "\u0085",
  "\ud83d\ude00",
  "\ud83d",
  "",
  " ",
  "  ",
  "\n",
  ": ",
  "- ",
  " #",
  ..."-:#'\"[]{},a1.&*!|>\t\r?%~\\",
];

test("an object as people write it is read by the plain reader, as yaml reads it", () => {
  assert.is(outcome(object), "same");
});

test("numbers, words and indicators mean what yaml takes them for", () => {
  for (const scalar of scalars.split(" ")) {
    for (const frame of frames) outcome(`${frame.replace("X", scalar)}\n`);
  }
});

test("lines laid out at random are read as yaml reads them, or not at all", () => {
  const texts = fc.array(fc.constantFrom(...lineParts), { maxLength: 12 });
  compareMany(
    texts.map((parts) => `k: v\n${parts.join("")}`),
    8_000,
    300,
  );
});

test("an object with a few characters changed is read as yaml reads it, or not at all", () => {
  const change = fc.record({
    at: fc.nat(object.length),
    remove: fc.nat(2),
    insert: fc.constantFrom(...inserts),
  });
  const texts = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let text = object;
    for (const { at, remove, insert } of changes) text = text.slice(0, at) + insert + text.slice(at + remove);
    return text;
  });
  compareMany(texts, 3_000, 100);
});

test("any value that yaml writes is read back the same", () => {
  const key = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9./-]{0,8}$/);
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.stringMatching(/^[ -~]{0,12}$/),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.constantFrom(true, false, null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    ),
  }));
  const texts = fc
    .tuple(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), fc.constantFrom("flow", "any"))
    .map(([root, collectionStyle]) => stringify(root, { collectionStyle, lineWidth: 0 } as const));
  compareMany(texts as fc.Arbitrary<string>, 1_500, 100);
});

test.run();

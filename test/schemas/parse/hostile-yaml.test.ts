import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseRepository, sourceLimits } from "../../../schemas/mod.ts";
import { memorySnapshot } from "../memory-snapshot.ts";

const head =
  "apiVersion: netloom.dev/v1alpha1\nkind: Rule\nmetadata: {name: a}\nspec:\n  hosts: {}\n" +
  "  sleepProxy: {layer: ICMP}\n  program:\n    standard: icmp-echo\n    config:\n";
const inConfig = (text: string): string => `${head}      ${text}\n`;
const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("");

const bomb = times(
  9,
  (level) =>
    `      a${level}: &a${level} [${level === 0 ? "x" : `*a${level - 1}`}${`, ${level === 0 ? "x" : `*a${level - 1}`}`.repeat(8)}]\n`,
);

/** What is refused, and with which words. */
const refused: Record<string, [text: string | Uint8Array, code: string, words: RegExp]> = {
  "an alias bomb": [head + bomb, "yaml.malformed", /alias/],
  "ten thousand aliases": [inConfig(`{a: &a x, l: [${"*a,".repeat(10_000)}]}`), "yaml.malformed", /alias/],
  "an alias of what it is in": [inConfig("a: &a [*a]"), "yaml.malformed", /nested more than 32/],
  "brackets without end": [inConfig(`a: ${"[".repeat(100_000)}`), "yaml.malformed", /nested too deeply/],
  "closed brackets": [
    inConfig(`a: ${"[".repeat(50_000)}${"]".repeat(50_000)}`),
    "yaml.malformed",
    /nested too deeply/,
  ],
  "braces without end": [inConfig(`a: ${"{a: ".repeat(50_000)}`), "yaml.malformed", /nested too deeply/],
  "deep blocks": [head + times(500, (level) => `${" ".repeat(6 + level)}a:\n`), "yaml.malformed", /nested/],
  "deep compact lists": [inConfig(`a:\n        ${"- ".repeat(50_000)}`), "yaml.malformed", /nested/],
  "slightly too deep": [
    inConfig(`a: ${"[".repeat(30)}${"]".repeat(30)}`),
    "yaml.malformed",
    /more than 32 levels/,
  ],
  "a key given twice": [inConfig("{a: 1, a: 2}"), "yaml.malformed", /"a" is there twice/],
  "a key given twice, quoted": [inConfig(`{a: 1, "a": 2}`), "yaml.malformed", /"a" is there twice/],
  "tabs as indentation": ["kind: Host\nspec:\n\tinterfaces: []\n", "yaml.malformed", /[Tt]ab/],
  "a tag of another language": [inConfig("a: !!python/object x"), "yaml.malformed", /[Uu]nresolved tag/],
  "a binary value": [inConfig("a: !!binary aGVsbG8="), "yaml.malformed", /binary/],
  "a key __proto__": [inConfig("__proto__: {polluted: true}"), "yaml.malformed", /__proto__/],
  "an escaped key __proto__": [
    inConfig(String.raw`"\x5f_proto__": {polluted: true}`),
    "yaml.malformed",
    /__proto__/,
  ],
  "a mapping as key": [inConfig("? [a, b]\n      : c"), "yaml.malformed", /keys must be strings/],
  "a merge key": [`${head}      a: 1\n  <<: {active: false}\n`, "schema.unknown-field", /spec\["<<"\]/],
  "a field whose name has no end": [
    `${head}  ${"x".repeat(100_000)}: 1\n`,
    "schema.unknown-field",
    /xxx\.\.\."\] is not known/,
  ],
  "a directive": ["%YAML 1.2\n---\n", "yaml.malformed", /directive/],
  "a number that is none": [inConfig("a: .nan"), "yaml.malformed", /JSON does not have/],
  "a number too large": [inConfig("a: 12345678901234567890"), "yaml.malformed", /put it in quotes/],
  "a huge scalar": [inConfig(`a: ${"x".repeat(5_000_000)}`), "yaml.over-limit", /length of one document/],
  "a million documents": ["---\na: b\n".repeat(1_000_000), "yaml.over-limit", /number of documents/],
  "thousands of faulty documents": ["---\na: b\n".repeat(50_000), "yaml.over-limit", /number of problems/],
  "megabytes that need thought": [
    times(30, () => `---\n${head}${times(12_000, (i) => `      k${i}: &a 1\n`)}`),
    "yaml.over-limit",
    /more than plain/,
  ],
  "a file over the limit": [
    new Uint8Array(sourceLimits.fileBytesMax + 1),
    "yaml.over-limit",
    /size of the file/,
  ],
  "a program": [Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0), "yaml.not-text", /NUL/],
  "another encoding": [Buffer.from("name: caf\xe9\n", "latin1"), "yaml.not-text", /UTF-8/],
  "UTF-16": [Buffer.from("\ufeffkind: Host\n", "utf16le"), "yaml.not-text", /UTF-8/],
  "text alone": ["hello\n", "object.not-a-mapping", /"hello"/],
  "a list": ["- kind: Host\n", "object.not-a-mapping", /a list/],
  nothing: ["~\n", "object.not-a-mapping", /null/],
};

for (const [name, [text, code, words]] of Object.entries(refused)) {
  test(`${name}: a clear problem`, async () => {
    const { problems } = await parseRepository(memorySnapshot({ "a.yaml": text }));
    const found = problems.find((one) => one.code === code && words.test(one.message));
    assert.ok(
      found,
      problems
        .slice(0, 3)
        .map(({ message }) => message.slice(0, 300))
        .join("\n"),
    );
    assert.ok(found?.position);
    assert.ok(problems.length <= sourceLimits.problemsPerFileMax + sourceLimits.problemsPerObjectMax);
    for (const { message } of problems) assert.ok(message.length < 1_000);
    assert.is(({} as Record<string, unknown>).polluted, undefined);
  });
}

test("a file may begin with a byte order mark, and end its lines as Windows does", async () => {
  const text =
    "\ufeffapiVersion: netloom.dev/v1alpha1\nkind: Host\nmetadata: {name: a}\nspec:\n  interfaces:\n  - name: eth0\n";
  const contents = { "a.yaml": text, "b.yaml": text.replace("name: a", "name: b").replaceAll("\n", "\r\n") };
  const { objects, problems } = await parseRepository(memorySnapshot(contents));
  assert.equal([objects.map(({ ref }) => ref), problems], [["Host/default/a", "Host/default/b"], []]);
});

test("what no object may hold is told where it stands", async () => {
  for (const text of [
    "a: 1\n      b: [x, .inf]",
    'a: 1\n      b: {c: {"__proto__": 1}}',
    "a: 1\n      b: !!binary aGVsbG8=",
  ]) {
    const { problems } = await parseRepository(memorySnapshot({ "a.yaml": inConfig(text) }));
    assert.is(problems[0]?.position?.line, 11, text);
    assert.ok((problems[0]?.position?.column ?? 0) >= 10, text);
  }
});

test("members that every JavaScript object has are members like others", async () => {
  const text = inConfig(
    "constructor: {prototype: {polluted: true}}\n      toString: x\n      hasOwnProperty: y",
  );
  const { objects, problems } = await parseRepository(memorySnapshot({ "a.yaml": text }));
  assert.equal(problems, []);
  assert.match(JSON.stringify(objects[0]?.object), '"constructor":{"prototype":{"polluted":true}}');
  assert.is(({} as Record<string, unknown>).polluted, undefined);
});

test("one hostile file leaves the others' objects alone, and lets timers run meanwhile", async () => {
  const good =
    "apiVersion: netloom.dev/v1alpha1\nkind: Host\nmetadata: {name: a}\nspec: {interfaces: [{name: eth0}]}\n";
  const bad = times(12, () => `---\n${head}${times(6_000, (i) => `      k${i}: &a 1\n`)}`);
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 1);
  const { objects } = await parseRepository(memorySnapshot({ "a.yaml": bad, "b.yaml": good }));
  clearInterval(ticking);
  assert.ok(objects.some(({ ref }) => ref === "Host/default/a"));
  assert.ok(ticks >= 3, `timers ran ${ticks} times`);
});

test.run();

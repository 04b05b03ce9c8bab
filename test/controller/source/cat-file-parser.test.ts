import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CatFileAnswer, CatFileParser } from "../../../controller/source/cat-file-parser.ts";

const id = "0123456789abcdef0123456789abcdef01234567";

/** What `git cat-file --batch` prints for these answers. */
function print(answers: CatFileAnswer[]): Buffer {
  return Buffer.concat(
    answers.map((answer) =>
      answer.kind === "missing"
        ? Buffer.from(`${id} missing\n`)
        : Buffer.concat([
            Buffer.from(`${answer.id} ${answer.type} ${answer.content.length}\n`),
            answer.content,
            Buffer.from("\n"),
          ]),
    ),
  );
}

test("answers are read however the output is cut", () => {
  const object = fc.record({
    kind: fc.constant("object" as const),
    id: fc.constant(id),
    type: fc.constantFrom("blob", "commit", "tree"),
    content: fc.uint8Array({ maxLength: 60 }),
  });
  const answers = fc.array(fc.oneof(object, fc.constant({ kind: "missing" as const })), { maxLength: 8 });
  fc.assert(
    fc.property(answers, fc.array(fc.nat(40), { maxLength: 40 }), (wanted, cuts) => {
      const parser = new CatFileParser();
      const printed = print(wanted);
      const read: CatFileAnswer[] = [];
      let at = 0;
      for (const cut of [...cuts, printed.length]) {
        read.push(...parser.feed(printed.subarray(at, at + cut)));
        at += cut;
      }
      assert.equal(read.map(plain), wanted.map(plain));
    }),
  );
});

test("answers are read byte by byte", () => {
  const wanted: CatFileAnswer[] = [
    { kind: "object", id, type: "blob", content: Buffer.from("a\nb\n") },
    { kind: "missing" },
    { kind: "object", id, type: "blob", content: new Uint8Array(0) },
  ];
  const parser = new CatFileParser();
  const read = [...print(wanted)].flatMap((byte) => parser.feed(Uint8Array.of(byte)));
  assert.equal(read.map(plain), wanted.map(plain));
});

test("what git never prints is refused", () => {
  assert.throws(
    () => new CatFileParser().feed(Buffer.from("fatal: no such thing\n")),
    /git cat-file printed/,
  );
});

function plain(answer: CatFileAnswer): unknown {
  return answer.kind === "missing"
    ? answer
    : { ...answer, content: Buffer.from(answer.content).toString("hex") };
}

test.run();

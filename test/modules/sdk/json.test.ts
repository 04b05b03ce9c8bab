import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildText } from "../build-text.ts";
import { onlyAnswer, runModule } from "../run-rule.ts";

/** A rule that answers what it reads of its configuration: of the member "k", and of the third item of the list "l". */
const wasm = await buildText(
  `import { accepted, Composer, Json, readConfig, respond } from "netloom";
  export { allocate, deallocate } from "netloom";
  const composer = new Composer(4000);
  function tell(value: Json): void {
    composer.u8(value.exists ? 1 : 0);
    composer.u8(value.isText ? 1 : value.isList ? 2 : value.isObject ? 3 : value.isNumber ? 4 : value.isTrue ? 5 : 0);
    composer.u16(value.length);
    const integer = value.integer(-7);
    composer.u32(<u32>(integer >> 32));
    composer.u32(<u32>integer);
    const room = heap.alloc(value.textLength + 1);
    const length = value.isText ? value.copyText(room) : 0;
    composer.u16(length);
    composer.bytes(room, length);
  }
  export function configure(text: usize, length: u32, flags: u32): usize {
    const config = readConfig(text, length, flags);
    composer.begin();
    composer.ip(4, 253, text, text, 1);
    tell(config.get("k"));
    let item = config.get("l").first();
    for (let i = 0; i < 2; i++) item = item.next();
    tell(item);
    tell(config.get("o").get("k"));
    return accepted();
  }
  export function process_packet(message: usize): usize {
    return respond(composer.finish());
  }`,
  "ts",
);

interface Told {
  exists: boolean;
  kind: number;
  length: number;
  integer: bigint;
  text: string;
}

function read(config: unknown): Told[] {
  const answer = onlyAnswer(runModule(wasm, { config }).packet(new Uint8Array(1)));
  const told: Told[] = [];
  for (let at = 20; at < answer.length; ) {
    const length = answer.readUInt16BE(at + 12);
    const [exists, kind] = [answer[at] === 1, answer[at + 1] as number];
    const text = answer.subarray(at + 14, at + 14 + length).toString();
    told.push({
      exists,
      kind,
      length: answer.readUInt16BE(at + 2),
      integer: answer.readBigInt64BE(at + 4),
      text,
    });
    at += 14 + length;
  }
  return told;
}

function expected(value: unknown): Told {
  const text = typeof value === "string" ? value : "";
  const list = Array.isArray(value) ? value : undefined;
  const kinds = { string: 1, number: 4, boolean: value === true ? 5 : 0, object: list ? 2 : 3, undefined: 0 };
  const kind = value === null ? 0 : kinds[typeof value as keyof typeof kinds];
  const isWhole = typeof value === "number" && /^-?\d{1,18}$/.test(JSON.stringify(value));
  const integer = isWhole ? BigInt(JSON.stringify(value)) : -7n;
  return { exists: value !== undefined, kind, length: list?.length ?? 0, integer, text };
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const without = <T>(record: Record<string, T>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

test("what the SDK reads of any configuration is what JSON says", () => {
  fc.assert(
    fc.property(
      value,
      fc.array(value, { maxLength: 5 }),
      fc.dictionary(fc.string(), value, { maxKeys: 4 }),
      (k, l, others) => {
        const rest = without(without(without(others, "k"), "l"), "o");
        const config = { ...rest, o: { ...rest, k: l }, l, k };
        // Through JSON once, for -0 and lone surrogates are not kept by it.
        const plain = JSON.parse(JSON.stringify(config)) as { k: unknown; l: unknown[]; o: { k: unknown } };
        const told = read(plain);
        const wanted = [plain.k, plain.l[2], plain.o.k].map(expected);
        assert.equal(
          told.map((one) => ({ ...one, text: [...Buffer.from(one.text)] })),
          wanted.map((one) => ({ ...one, text: [...Buffer.from(one.text)] })),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test("a configuration that is no object has no members", () => {
  for (const config of [5, "k", ["k", 1], null, true, {}])
    assert.equal(
      read(config).map(({ exists }) => exists),
      [false, false, false],
    );
});

test.run();

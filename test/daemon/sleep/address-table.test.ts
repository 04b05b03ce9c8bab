import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AddressTable } from "../../../daemon/sleep/address-table.ts";

test("it is a map, through any sequence of setting and deleting", () => {
  const key = fc
    .tuple(fc.nat(3), fc.nat(40))
    .map(([bits, low]) => ({ bits, words: [0, 0, 0, low - 20] as const }));
  const step = fc.record({ key, remove: fc.boolean(), value: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new AddressTable<number>();
      const model = new Map<string, number>();
      for (const { key, remove, value } of steps) {
        if (remove) table.delete(key.bits, key.words);
        else table.set(key.bits, key.words, value);
        if (remove) model.delete(JSON.stringify(key));
        else model.set(JSON.stringify(key), value);
        assert.is(table.size, model.size);
      }
      for (const { key } of steps) {
        assert.is(table.get(key.bits, ...key.words), model.get(JSON.stringify(key)));
      }
    }),
  );
});

test("ten thousand addresses are all found, and others are not", () => {
  const table = new AddressTable<number>();
  for (let host = 0; host < 10_000; host += 1) table.set(32, [0, 0, 0, 0x0a000000 + host], host);
  for (let host = 0; host < 10_000; host += 1) assert.is(table.get(32, 0, 0, 0, 0x0a000000 + host), host);
  assert.is(table.get(32, 0, 0, 0, 0x0a000000 + 10_000), undefined);
  assert.is(table.get(31, 0, 0, 0, 0x0a000000), undefined);
});

test.run();

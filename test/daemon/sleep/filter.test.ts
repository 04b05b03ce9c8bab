import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { holds, wordPrefix } from "../../../daemon/sleep/address.ts";
import { coarsen, type Instruction, interceptFilter, rangesMax } from "../../../daemon/sleep/filter.ts";
import { ethernet, ipv4, ipv6, udp } from "./frames.ts";

/** What the kernel's interpreter does with the program; outside the frame it drops. */
function passes(program: readonly Instruction[], frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let value = 0;
  for (let at = 0, steps = 0; steps < program.length; at += 1, steps += 1) {
    const { code, jt, jf, k } = program[at] as Instruction;
    if (code === 0x06) return k !== 0;
    if ([0x20, 0x28, 0x30].includes(code) && k + { 32: 4, 40: 2, 48: 1 }[code]! > frame.length) return false;
    if (code === 0x20) value = view.getUint32(k);
    else if (code === 0x28) value = view.getUint16(k);
    else if (code === 0x30) value = view.getUint8(k);
    else if (code === 0x05) at += k;
    else if (code === 0x15) at += value === k ? jt : jf;
    else if (code === 0x25) at += value > k ? jt : jf;
    else if (code === 0x35) at += value >= k ? jt : jf;
    else throw new Error(`unknown instruction ${code}`);
    assert.ok(at < program.length - 1, "it runs off its end");
  }
  throw new Error("it loops");
}

const prefixes = (...texts: string[]) => texts.map((text) => wordPrefix(text)!);
const to4 = (destination: number[]) => ethernet(0x0800, ipv4(udp(1), { destination }));
const to6 = (last: number, first = 0xfd) =>
  ethernet(0x86dd, ipv6(17, udp(1), [first, ...new Array<number>(14).fill(0), last]));

test("it passes what is for the host, from the host, or about it, and nothing else", () => {
  const program = interceptFilter({
    prefixes: prefixes("10.0.0.5/32", "10.0.9.0/24", "fd00::5"),
    macLows: [5],
  });
  assert.ok(passes(program, to4([10, 0, 0, 5])));
  assert.ok(passes(program, to4([10, 0, 9, 77])));
  assert.not(passes(program, to4([10, 0, 0, 6])));
  assert.not(passes(program, to4([10, 0, 10, 0])));
  assert.ok(passes(program, to4([224, 0, 0, 1])));
  assert.ok(passes(program, to4([255, 255, 255, 255])));
  assert.ok(passes(program, to6(5)));
  assert.not(passes(program, to6(6)));
  assert.ok(passes(program, to6(1, 0xff)));
  assert.ok(passes(program, ethernet(0x0806, new Uint8Array(28))));
  assert.ok(passes(program, ethernet(0x0800, ipv4(udp(1)), [7])));
  assert.not(passes(program, ethernet(0x88cc, new Uint8Array(40))));
  const own = to4([10, 0, 0, 6]);
  own.set([0, 0, 0, 5], 8);
  assert.ok(passes(program, own));
});

test("with nobody asleep only what is about neighbours passes", () => {
  const program = interceptFilter({ prefixes: [], macLows: [] });
  assert.not(passes(program, to4([10, 0, 0, 5])));
  assert.not(passes(program, to6(5)));
  assert.ok(passes(program, ethernet(0x0806, new Uint8Array(28))));
});

test("whatever the prefixes, it passes all that they hold", () => {
  const word = fc.integer({ min: 0, max: 0xdfff_ffff });
  const address = word.map((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255));
  const prefix = fc
    .tuple(address, fc.integer({ min: 0, max: 32 }))
    .map(([bytes, bits]) => wordPrefix(`${bytes.join(".")}/${bits}`)!);
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 40 }),
      fc.array(address, { maxLength: 20 }),
      (wanted, others) => {
        const program = interceptFilter({ prefixes: wanted, macLows: [77] });
        for (const destination of others) {
          const target = wordPrefix(destination.join("."))!;
          const isWanted = wanted.some((one) => holds(one, target));
          assert.is(passes(program, to4(destination)), isWanted, JSON.stringify({ destination, wanted }));
        }
      },
    ),
  );
});

test("ten thousand scattered hosts fit in a program that the kernel takes, and none is missed", () => {
  const hosts = Array.from({ length: 10_000 }, (_, index) => (index * 40_503 * 7) % 0x0fff_ffff);
  const text = (host: number) => `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`;
  const program = interceptFilter({
    prefixes: hosts.flatMap((host) => prefixes(text(host), `fd00::${(host & 0xffff).toString(16)}`)),
    macLows: hosts.map((host) => host | 0),
  });
  assert.ok(program.length < 4_096, `${program.length} instructions`);
  for (const host of hosts.slice(0, 2_000))
    assert.ok(passes(program, to4(text(host).split(".").map(Number))));
});

test("ranges are joined by the smallest gaps, and not beyond need", () => {
  const ranges = Array.from({ length: rangesMax + 2 }, (_, index) => ({
    low: index * 1_000,
    high: index * 1_000 + 1,
  }));
  (ranges[7] as { low: number }).low -= 500;
  const joined = coarsen(ranges);
  assert.ok(joined.length <= rangesMax);
  assert.ok(joined.some(({ low, high }) => low <= 6_000 && high >= 7_001));
  assert.equal(coarsen(ranges.slice(0, 5)), ranges.slice(0, 5));
  assert.equal(
    coarsen([
      { low: 5, high: 9 },
      { low: 0, high: 4 },
    ]),
    [{ low: 0, high: 9 }],
  );
});

test.run();

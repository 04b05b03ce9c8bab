import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  abiOf,
  customizationAbi,
  standardModule,
  standardModuleNames,
  verdicts,
} from "../../../modules/mod.ts";
import { datagram, flowOf, runCustomization } from "../run-customization.ts";
import { dnsQuery } from "./dns-query.ts";

const names = standardModuleNames().filter(
  (name) => abiOf(standardModule(name) as Uint8Array) === customizationAbi,
);
const configs: Record<string, unknown> = { "rate-limit": { rate: 1000 } };
const query = dnsQuery("www.test.com");
/** What each makes of a query, and of the beginning of a stream: shown, whole and damaged, to all of them. */
const samples = [
  query,
  Buffer.from("1703030020", "hex"),
  ...names.flatMap((name) => {
    const guest = runCustomization(name, { config: configs[name] ?? {} });
    return (["UDP", "TCP"] as const).flatMap((protocol) => {
      const made = datagram(guest, "send", query, flowOf(protocol));
      return Buffer.isBuffer(made) ? [made] : [];
    });
  }),
];

const bytesOfAnyKind = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc
    .tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 3 }),
      fc.nat(150),
    )
    .map(([sample, changes, length]) => {
      const bytes = Buffer.from(sample.subarray(0, length));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    }),
);

for (const name of names) {
  test(`${name}: no message makes it trap or answer what is not allowed, at either end and in any state`, () => {
    for (const role of ["sender", "receiver"] as const) {
      const guest = runCustomization(name, { role, config: configs[name] ?? {} });
      const flows = [flowOf("UDP", role), flowOf("TCP", role), flowOf("TCP", role)];
      const property = fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.boolean(), fc.nat(15), bytesOfAnyKind), { maxLength: 6 }),
        (said) => {
          for (const [index, isSent, flags, bytes] of said) {
            const flow = flows[index] as (typeof flows)[0];
            flow.flags = flags;
            const failed = guest[isSent ? "send" : "receive"](flow, bytes, 0, bytes.length);
            assert.is(failed, undefined);
            const { answer } = guest;
            if (answer.verdict === verdicts.customized) answer.copyTo(new Uint8Array(answer.bytes), 0);
            if (flags === 7) guest.closeFlow(flow);
          }
        },
      );
      fc.assert(property, { numRuns: 500 });
    }
  });

  test(`${name}: its memory stays flat over many messages and flows`, () => {
    const guest = runCustomization(name, { config: configs[name] ?? {} });
    const flow = flowOf("TCP");
    const large = Buffer.alloc(131_072, 7);
    const round = (number: number) => {
      const one = { ...flow, number };
      guest.openFlow(one);
      guest.send(one, query, 0, query.length);
      guest.receive(one, query, 0, query.length);
      guest.closeFlow(one);
    };
    guest.send(flow, large, 0, large.length);
    round(0);
    guest.release(guest.reserve(131_072) as number);
    const before = guest.memoryBytes;
    for (let number = 0; number < 10_000; number++) round(number);
    for (let count = 0; count < 100; count++) guest.release(guest.reserve(131_072) as number);
    assert.is(guest.memoryBytes, before);
  });
}

test.run();

/**
 * What a module costs: copy a packet into the guest, call it, copy its answer out, as an engine does; of a customization of
 * datagrams, at both ends. Baseline: the same bytes copied in and out of a buffer by the host alone, without a guest.
 */
import { compileModule, type ReactionSink, SleepGuest, sleepAbi, standardModule } from "../modules/mod.ts";
import { isAsked } from "./asked.ts";
import { print } from "./figure.ts";
import { customizationWorks } from "./modules/customizations.ts";
import { frameOf } from "./modules/frame.ts";

const calls = 200_000;
const rounds = 5;

const rules = [
  "udp-echo",
  "udp-check",
  "udp-checksum",
  "udp-substring",
  "udp-sha256",
  "udp-aes256",
  "icmp-echo",
];

for (const payload of [50, 500, 1000]) {
  const packet = frameOf(payload);
  for (const rule of rules) {
    const bench = `modules.${rule === "udp-echo" ? "call" : rule}.${packet.length}`;
    if (!isAsked(bench)) continue;
    const value = microseconds(guestCall(rule, packet));
    const baseline = microseconds(plainCopy(packet));
    print({ bench, value, unit: "us", baseline });
  }
}

for (const { name, bytes, call } of customizationWorks()) {
  const bench = `modules.${name}`;
  if (!isAsked(bench)) continue;
  const times = bytes > 10_000 ? 2000 : calls;
  const value = microseconds(call, times);
  const baseline = microseconds(plainCopy(new Uint8Array(bytes)), times);
  print({ bench, value, unit: "us", baseline });
}

function guestCall(rule: string, packet: Uint8Array): () => void {
  const compilation = compileModule(standardModule(rule) ?? new Uint8Array(0), sleepAbi, rule);
  if (compilation.kind === "refused") throw new Error(compilation.problems[0]?.message);
  const guest = new SleepGuest(compilation.module, { limits: { memoryBytes: 1 << 20 }, raw: true });
  const frame = new Uint8Array(2048);
  const sink: ReactionSink = {
    wake: () => undefined,
    respond: (memory, offset, length) => frame.set(memory.subarray(offset, offset + length)),
  };
  return () => {
    const failed = guest.processPacket(packet, 0, packet.length, sink);
    if (failed) throw new Error(failed.message);
  };
}

function plainCopy(packet: Uint8Array): () => void {
  const [inside, outside] = [new Uint8Array(131_072), new Uint8Array(131_072)];
  return () => {
    inside.set(packet);
    outside.set(inside.subarray(0, packet.length));
  };
}

/** The best of some rounds, after one that the compiler needs to warm up. */
function microseconds(call: () => void, times = calls): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= rounds; round++) {
    const start = process.hrtime.bigint();
    for (let count = 0; count < times; count++) call();
    const each = Number(process.hrtime.bigint() - start) / times / 1000;
    if (round > 0) best = Math.min(best, each);
  }
  return best;
}

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Conversations,
  connectionKey,
  isOpening,
  keyOfAnswer,
  keyOfPacket,
} from "../../../daemon/sleep/conversations.ts";
import { Headers } from "../../../daemon/sleep/headers.ts";
import type { Link } from "../../../daemon/sleep/link.ts";
import type { Rule } from "../../../daemon/sleep/rule.ts";
import { tcp, tcpFlags } from "../../modules/packets.ts";
import { ethernet } from "./frames.ts";

const [rule, other, link] = [{} as Rule, {} as Rule, {} as Link];
const ends = { v4: ["10.0.0.9", "10.0.0.5"], v6: ["fd00::9", "fd00::5"] } as const;

function read(packet: Uint8Array): { bytes: Uint8Array; headers: Headers } {
  const bytes = ethernet(packet[0]! >>> 4 === 4 ? 0x0800 : 0x86dd, packet);
  const headers = new Headers();
  assert.is(headers.read(bytes, 0, bytes.length), undefined);
  return { bytes, headers };
}

for (const [source, destination] of Object.values(ends)) {
  test(`a packet and its answer name the same connection: ${source}`, () => {
    const asked = read(tcp({ source, destination }, { ports: [40_000, 80], flags: tcpFlags.syn }));
    const answer = tcp(
      { source: destination, destination: source },
      { ports: [80, 40_000], flags: tcpFlags.ack },
    );
    assert.is(keyOfPacket(asked.bytes, asked.headers), keyOfAnswer(answer));
    assert.not.equal(
      keyOfAnswer(answer),
      keyOfAnswer(tcp({ source, destination }, { ports: [80, 40_000], flags: 0 })),
    );
    assert.is(isOpening(asked.bytes, asked.headers), true);
    for (const flags of [tcpFlags.syn | tcpFlags.ack, tcpFlags.syn | tcpFlags.rst, tcpFlags.ack]) {
      const { bytes, headers } = read(tcp({ source, destination }, { ports: [40_000, 80], flags }));
      assert.is(isOpening(bytes, headers), false);
    }
    for (let length = 0; length < 40; length += 1)
      assert.is(keyOfAnswer(answer.subarray(0, Math.min(length, 39))), undefined);
  });
}

const key = (port: number) => connectionKey(Uint8Array.of(10, 0, 0, 9), port, Uint8Array.of(10, 0, 0, 5), 80);

test("those being opened give way to newer ones, those that are open do not", () => {
  const all = new Conversations();
  const kept = all.begin(key(0), rule, link);
  all.pin(kept);
  for (let port = 1; port <= 5_000; port += 1) all.begin(key(port), rule, link);
  assert.is(all.get(key(0)), kept);
  assert.is(all.get(key(5_000 - 4_096)), undefined);
  assert.ok(all.get(key(5_000 - 4_095)));
  assert.is(all.begin(key(0), rule, link), kept, "opened again while it is open: the same");
});

test("what a rule had is forgotten with it, but for what the host has by now", () => {
  const all = new Conversations();
  const [spliced, own, foreign] = [
    all.begin(key(1), rule, link),
    all.begin(key(2), rule, link),
    all.begin(key(3), other, link),
  ];
  all.pin(spliced);
  all.splice(spliced);
  assert.is(all.spliced, 1);
  all.forgetRule(rule);
  assert.equal([all.get(spliced.key), all.get(own.key), all.get(foreign.key)], [spliced, undefined, foreign]);
  all.forget(spliced);
  assert.is(all.spliced, 0);
});

test.run();

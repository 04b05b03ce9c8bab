import { test } from "uvu";
import * as assert from "uvu/assert";
import { findMagicPacket, magicFrame } from "../../lab/magic-packet.ts";

const mac = "02:00:00:00:00:05";

test("a magic packet is found in a frame of its own, with what stands behind it", () => {
  assert.equal(findMagicPacket(magicFrame(mac)), { mac, password: new Uint8Array() });
  const password = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assert.equal(findMagicPacket(magicFrame(mac, password)), { mac, password });
});

test("it is found in UDP too, and behind bytes that look like its beginning", () => {
  const packet = magicFrame(mac).subarray(14);
  const udp = Buffer.concat([Buffer.alloc(42, 1), packet]);
  assert.is(findMagicPacket(udp)?.mac, mac);
  const misleading = Buffer.concat([Buffer.alloc(14), Buffer.alloc(9, 0xff), packet]);
  assert.is(findMagicPacket(misleading)?.mac, mac);
});

test("a card whose address begins with ones is found as well", () => {
  const odd = "fe:ff:ff:ff:ff:05";
  assert.is(findMagicPacket(magicFrame(odd))?.mac, odd);
});

test("anything less is none", () => {
  const frame = magicFrame(mac);
  assert.is(findMagicPacket(frame.subarray(0, frame.length - 1)), undefined);
  assert.is(findMagicPacket(new Uint8Array(0)), undefined);
  assert.is(findMagicPacket(Buffer.from(Uint8Array.from({ length: 1_514 }, (_, at) => at))), undefined);
  for (const at of [14, 19, 20, 60, frame.length - 1]) {
    const broken = Buffer.from(frame);
    broken[at]! ^= 1;
    assert.is(findMagicPacket(broken), undefined, `byte ${at} changed`);
  }
});

test.run();

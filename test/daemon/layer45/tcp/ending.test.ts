import { test } from "uvu";
import * as assert from "uvu/assert";
import { readEnding, withoutEnd, withoutPayload } from "../../../../daemon/layer45/tcp/ending.ts";

const payload = Buffer.from("the last bytes");

/** A segment that ends its sender's stream, with its checksums right. */
function segment(version: 4 | 6, content: Uint8Array, flags = 0x11): Uint8Array {
  const ip = version === 4 ? 20 : 40;
  const bytes = new Uint8Array(ip + 20 + content.length);
  const view = new DataView(bytes.buffer);
  if (version === 4) {
    view.setUint8(0, 0x45);
    view.setUint16(2, bytes.length);
    view.setUint8(9, 6);
    bytes.set([10, 0, 0, 1, 10, 0, 0, 2], 12);
  } else {
    view.setUint8(0, 0x60);
    view.setUint16(4, bytes.length - 40);
    view.setUint8(6, 6);
    bytes.fill(1, 8, 24);
    bytes.fill(2, 24, 40);
  }
  view.setUint16(ip, 4000);
  view.setUint16(ip + 2, 80);
  view.setUint32(ip + 4, 0xffff_fff8);
  view.setUint8(ip + 12, 0x50);
  view.setUint8(ip + 13, flags);
  bytes.set(content, ip + 20);
  if (version === 4) view.setUint16(10, ~sum(bytes, 0, 20));
  view.setUint16(ip + 16, ~tcpSum(bytes, version));
  return bytes;
}

function sum(bytes: Uint8Array, from: number, to: number, start = 0): number {
  let total = start;
  for (let at = from; at < to; at += 2)
    total += ((bytes[at] as number) << 8) | (at + 1 < to ? (bytes[at + 1] as number) : 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

function tcpSum(bytes: Uint8Array, version: 4 | 6): number {
  const ip = version === 4 ? 20 : 40;
  const addresses = sum(bytes, version === 4 ? 12 : 8, ip);
  return sum(bytes, ip, bytes.length, addresses + 6 + bytes.length - ip);
}

for (const version of [4, 6] as const) {
  test(`an end with bytes before it is read, and taken apart, over IPv${version}`, () => {
    const whole = segment(version, payload);
    const ending = readEnding(whole, 0, whole.length);
    assert.is(ending?.sequence, 6);
    assert.is(ending?.payloadBytes, payload.length);
    const bytes = whole.slice();
    assert.is(withoutEnd(bytes), whole.length);
    assert.equal(bytes, segment(version, payload, 0x10));
    const end = whole.slice();
    const length = withoutPayload(end);
    const left = end.subarray(0, length);
    assert.is(tcpSum(left, version), 0xffff);
    if (version === 4) assert.is(sum(left, 0, 20), 0xffff);
    assert.equal(readEnding(left, 0, length), { ...ending, payloadBytes: 0 });
  });

  test(`what does not end a stream is none, over IPv${version}`, () => {
    const whole = segment(version, payload, 0x10);
    assert.is(readEnding(whole, 0, whole.length), undefined);
    for (let length = 0; length < whole.length - payload.length; length += 1) {
      assert.is(readEnding(segment(version, payload), 0, length), undefined);
    }
  });
}

test.run();

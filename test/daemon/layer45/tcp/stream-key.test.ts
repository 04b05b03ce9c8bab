import { test } from "uvu";
import * as assert from "uvu/assert";
import { streamKey } from "../../../../daemon/layer45/tcp/stream-key.ts";

const here = { address: Uint8Array.of(10, 0, 0, 1), port: 4_000 };
const there = { address: Uint8Array.of(10, 0, 0, 2), port: 80 };

test("a connection has another name seen from its other end, and the same for addresses that lie elsewhere in memory", () => {
  assert.is(streamKey({ local: here, remote: there }), "0a000001:4000 0a000002:80");
  assert.is(streamKey({ local: there, remote: here }), "0a000002:80 0a000001:4000");
  const packet = Uint8Array.of(9, 9, 10, 0, 0, 1, 9);
  const same = { address: packet.subarray(2, 6), port: 4_000 };
  assert.is(streamKey({ local: same, remote: there }), streamKey({ local: here, remote: there }));
});

test.run();

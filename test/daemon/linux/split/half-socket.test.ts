import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeDescriptor } from "../../../../daemon/linux/mod.ts";
import { unreadBytes, unsentBytes } from "../../../../daemon/linux/socket-options.ts";
import {
  breakHalf,
  type HalfState,
  halfState,
  openHalf,
} from "../../../../daemon/linux/split/half-socket.ts";
import { endTcp, readTcp, writeTcp } from "../../../../daemon/linux/tcp-socket.ts";
import { until } from "../../sleep/until.ts";

const [ESTABLISHED, CLOSE] = [1, 7];
let port = 7_700;

/** The two ends of a connection that nobody has opened. */
function halves(
  addresses: readonly [Uint8Array, Uint8Array],
  change: Partial<HalfState> = {},
): [number, number] {
  const [one, other] = addresses.map((address) => ({ address, port: port++ })) as [
    HalfState["self"],
    HalfState["self"],
  ];
  // Numbers that go over zero with the first bytes, and differ in both directions.
  const [ofOne, ofOther] = [0xffff_fff0, 77];
  const common = {
    ...{ sendWindow: 60_000, sendWindowMax: 60_000, receiveWindow: 60_000, segmentBytes: 1_400 },
    ...{ scales: { send: 7, receive: 7 }, hasSack: true, clockOffset: 12_345, trafficClass: 0, ...change },
  };
  return [
    openHalf({
      ...{ ...common, self: one, peer: other, sendNext: ofOne, receiveNext: ofOther },
      ...{ sendWindowAt: ofOther, receiveWindowAt: ofOther },
    }),
    openHalf({
      ...{ ...common, self: other, peer: one, sendNext: ofOther, receiveNext: ofOne },
      ...{ sendWindowAt: ofOne, receiveWindowAt: ofOne },
    }),
  ];
}

const pairs = {
  "IPv4 addresses": [Uint8Array.of(127, 0, 0, 1), Uint8Array.of(127, 0, 0, 2)],
  // Of ::1 there is one; ports differ.
  "IPv6 addresses": [Uint8Array.of(...new Uint8Array(15), 1), Uint8Array.of(...new Uint8Array(15), 1)],
} as const;

for (const [name, addresses] of Object.entries(pairs)) {
  test(`two sockets in the middle of a connection carry its bytes and its ends, between ${name}`, async () => {
    const [one, other] = halves(addresses);
    assert.is(halfState(one), ESTABLISHED);
    const said = Buffer.from("in the middle of something");
    for (const [from, into] of [[one, other] as const, [other, one] as const]) {
      assert.is(writeTcp(from, said), said.length);
      await until("it has come", () => unreadBytes(into) === said.length);
      await until("it is acknowledged", () => unsentBytes(from) === 0);
      const heard = Buffer.alloc(100);
      assert.is(readTcp(into, heard), said.length);
      assert.equal(heard.subarray(0, said.length), said);
      assert.is(unreadBytes(into), 0);
    }
    for (const fd of [one, other]) endTcp(fd);
    await until("both are over", () => halfState(one) === CLOSE && halfState(other) === CLOSE);
    for (const fd of [one, other]) closeDescriptor(fd);
  });
}

test("windows are scaled, and timestamps sent, only where the connection has them", async () => {
  const [one, other] = halves(pairs["IPv4 addresses"], {
    scales: undefined,
    clockOffset: undefined,
    hasSack: false,
  });
  assert.is(writeTcp(one, Buffer.alloc(20_000)), 20_000);
  await until("it has come", () => unreadBytes(other) === 20_000);
  for (const fd of [one, other]) closeDescriptor(fd);
});

test("a half that is broken off, and one that is closed, tells the other end by a reset", async () => {
  for (const end of [breakHalf, closeDescriptor]) {
    const [one, other] = halves(pairs["IPv4 addresses"]);
    end(one);
    await until("the other knows", () => halfState(other) === CLOSE);
    assert.is(readTcp(other, Buffer.alloc(1)), "broken");
    if (end === breakHalf) closeDescriptor(one);
    closeDescriptor(other);
  }
});

test("sockets take the places of earlier ones between the same ends", async () => {
  const firstPort = port;
  const earlier = halves(pairs["IPv4 addresses"]);
  port = firstPort;
  const [one, other] = halves(pairs["IPv4 addresses"]);
  for (const fd of earlier) assert.is(halfState(fd), CLOSE);
  const said = Buffer.from("of the later one");
  assert.is(writeTcp(one, said), said.length);
  await until("it has come", () => unreadBytes(other) === said.length);
  for (const fd of [...earlier, one, other]) closeDescriptor(fd);
});

test.run();

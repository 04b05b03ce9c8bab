import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HeldPackets } from "../../../../daemon/linux/split/held-packets.ts";
import { setUpLink } from "../../../../daemon/linux/split/private-network.ts";
import { flowKey, flowKeyBytes } from "../../../../daemon/linux/split/split-record.ts";
import { hasTun } from "../../sleep/has-tun.ts";

const device = "nl-held";
const directions = { out: 3, in: 4 };
const [local, remote] = [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])];
const [localPort, remotePort] = [4_000, 80];
let held: HeldPackets;

const key = Buffer.alloc(flowKeyBytes);
local.copy(key, flowKey.local);
remote.copy(key, flowKey.remote);
key.writeUInt16BE(localPort, flowKey.localPort);
key.writeUInt16BE(remotePort, flowKey.remotePort);
key.writeUInt32LE(4, flowKey.family);

/** A packet of the connection, as programs hand it over: the last byte of its address says which way it goes. */
function frame(direction: "out" | "in", acknowledged: number): Buffer {
  const bytes = Buffer.alloc(14 + 40);
  bytes[5] = directions[direction];
  bytes.writeUInt16BE(0x0800, 12);
  bytes[14] = 0x45;
  bytes.writeUInt16BE(40, 16);
  bytes[23] = 6;
  const isOut = direction === "out";
  (isOut ? local : remote).copy(bytes, 26);
  (isOut ? remote : local).copy(bytes, 30);
  bytes.writeUInt16BE(isOut ? localPort : remotePort, 34);
  bytes.writeUInt16BE(isOut ? remotePort : localPort, 36);
  bytes.writeUInt32BE(acknowledged, 42);
  bytes[46] = 0x50;
  bytes[47] = 0x10;
  return bytes;
}

/** @param padding bytes that each is longer by */
function send(frames: readonly Buffer[], padding = 0): void {
  const code = `import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("${device}", 0))
for frame in sys.argv[1:]: s.send(bytes.fromhex(frame) + bytes(${padding}))`;
  const { status } = spawnSync("python3", ["-c", code, ...frames.map((each) => each.toString("hex"))]);
  assert.is(status, 0);
}

/** How many frames have come out of the device, to the host. */
function given(): number {
  const line = readFileSync("/proc/net/dev", "latin1")
    .split("\n")
    .find((each) => each.includes(`${device}:`));
  return Number((line as string).split(":")[1]!.trim().split(/\s+/)[1]);
}

if (hasTun()) {
  test.before.each(() => {
    held = new HeldPackets(device, directions);
    setUpLink(device, 65_500);
  });
  test.after.each(() => held.close());

  test("packets of a connection that is held wait until they are given back, and go on once", () => {
    send([frame("out", 1), frame("out", 2)]);
    while (held.take((of) => key.equals(of)));
    assert.is(given(), 0);
    held.giveBack(key);
    assert.is(given(), 2);
    held.giveBack(key);
    assert.is(given(), 2);
  });

  test("packets of a connection that is held no more go on at once", () => {
    send([frame("out", 1), frame("in", 1)]);
    while (held.take(() => false));
    assert.is(given(), 2);
  });

  test("what the peer says that it has received is the latest of its packets, over zero too", () => {
    assert.is(held.acknowledged(key), undefined);
    send([frame("in", 0xffff_fff0), frame("in", 5), frame("in", 0xffff_ffff), frame("out", 9)]);
    while (held.take(() => true));
    assert.is(held.acknowledged(key), 5);
  });

  test("of what comes on top of 8 MiB nothing is kept, and what is given back makes room again", () => {
    const [padding, together] = [60_000, 30];
    const fill = (rounds: number): void => {
      for (let round = 0; round < rounds; round += 1) {
        send(
          Array.from({ length: together }, () => frame("out", 1)),
          padding,
        );
        while (held.take(() => true));
      }
      held.giveBack(key);
    };
    const kept = Math.floor((8 << 20) / (54 + padding));
    fill(6);
    assert.is(given(), kept);
    fill(1);
    assert.is(given(), kept + together);
  });
} else {
  test("who may not use the device is told so", () => {
    assert.throws(() => new HeldPackets(device, directions).close(), /tun/);
  });
}

test.run();

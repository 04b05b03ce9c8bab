import { createSocket, type Socket } from "node:dgram";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SharedOwners } from "../../../daemon/layer45/shared-owners.ts";
import {
  type Holding,
  openSocketOwners,
  type SocketEnds,
  type SocketOwners,
} from "../../../daemon/linux/mod.ts";
import { quiet } from "../fixture.ts";
import { until } from "../sleep/until.ts";

const loopback = Uint8Array.of(127, 0, 0, 1);
let opened = 0;
let held: Holding[] = [];
const shared = new SharedOwners(
  {
    log: quiet,
    hold: (holding) => void held.push(holding),
    release: (holding) => {
      held = held.filter((each) => JSON.stringify(each, text) !== JSON.stringify(holding, text));
    },
  },
  () => {
    opened += 1;
    return openSocketOwners();
  },
);
const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}` : value);

async function bound(): Promise<{ socket: Socket; ends: SocketEnds }> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  return {
    socket,
    ends: { protocol: "UDP", local: loopback, localPort: port, remote: loopback, remotePort: 9 },
  };
}

async function closedOf(share: SocketOwners): Promise<bigint[]> {
  const told: bigint[] = [];
  await until("it is told", () => {
    for (const { cookie, kind } of share.changes()) if (kind === "closed") told.push(cookie);
    return told.length > 0;
  });
  return told;
}

test("each share is told of the sockets that it watches, whichever of them asks first", async () => {
  const [one, other] = [shared.share(), shared.share()];
  assert.is(opened, 1);
  assert.ok(held.length > 0);
  const sockets = [await bound(), await bound()];
  const [first, second] = sockets.map(({ ends }) => one.find(ends, "received")!.cookie);
  assert.ok(other.cookies("UDP").has(first!));
  one.watch(first!);
  one.watch(second!);
  other.watch(second!);
  one.unwatch(second!);
  for (const { socket } of sockets) socket.close();
  assert.equal(await closedOf(one), [first]);
  assert.equal(await closedOf(other), [second]);
  one.close();
  assert.ok(held.length > 0);
  other.close();
  assert.equal(held, []);
});

test("after the last share was closed another begins anew", async () => {
  const share = shared.share();
  assert.is(opened, 2);
  const { socket, ends } = await bound();
  assert.is(share.find(ends, "received")?.process, process.pid);
  socket.close();
  share.close();
  assert.equal(held, []);
});

test.run();

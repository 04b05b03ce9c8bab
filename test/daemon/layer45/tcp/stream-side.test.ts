import { test } from "uvu";
import * as assert from "uvu/assert";
import { StreamSide, workBytes } from "../../../../daemon/layer45/tcp/stream-side.ts";
import { closeDescriptor, StreamBuffer } from "../../../../daemon/linux/mod.ts";
import { SocketPairs } from "../../../../daemon/linux/socket-pair.ts";
import { endTcp } from "../../../../daemon/linux/tcp-socket.ts";

test("a side whose bytes have all gone on before their end has ended, and is not broken", () => {
  const pairs = new SocketPairs();
  const { inner, outer } = pairs.make({ wayBytes: 65_536, innerBytes: 65_536 });
  const work = new StreamBuffer(workBytes);
  const ignore = (): void => undefined;
  const side = new StreamSide({
    direction: "in",
    readFd: inner,
    writeFd: inner,
    given: ignore,
    held: ignore,
  });
  assert.is(side.turn(work, 0), "idle");
  endTcp(outer);
  assert.is(side.turn(work, 0), "ended");
  assert.is(side.isBroken, false);
  for (const fd of [inner, outer]) closeDescriptor(fd);
  pairs.close();
  work.close();
});

test.run();

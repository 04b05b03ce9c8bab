import { test } from "uvu";
import * as assert from "uvu/assert";
import { StreamSide, workBytes } from "../../../../daemon/layer45/tcp/stream-side.ts";
import { closeDescriptor, endTcp, StreamBuffer } from "../../../../daemon/linux/mod.ts";
import { tcpPair } from "../../linux/tcp-pair.ts";

test("what comes goes on, and then the end does", () => {
  const [application, near] = tcpPair();
  const [far, peer] = tcpPair();
  const work = new StreamBuffer(workBytes);
  const side = new StreamSide({ direction: "out", readFd: near, writeFd: far, rawBytes: 3 });
  assert.is(side.turn(work, 0), "idle");
  const said = Buffer.from("some bytes, and an end");
  work.bytes.set(said);
  assert.is(work.write(application, 0, said.length), said.length);
  endTcp(application);
  assert.is(side.turn(work, 0), "idle");
  assert.is(side.isEnded, true);
  assert.is(side.isBroken, false);
  assert.is(side.shift, 0);
  const heard = work.read(peer, 0, 1_000);
  assert.is(Buffer.from(work.bytes.subarray(0, Number(heard))).toString(), said.toString());
  assert.is(work.read(peer, 0, 1_000), 0);
  for (const fd of [application, near, far, peer]) closeDescriptor(fd);
  work.close();
});

test.run();

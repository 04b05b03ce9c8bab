import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeDescriptor, Epoll, epollBroken, epollIn } from "../../../daemon/linux/mod.ts";
import { SocketPairs } from "../../../daemon/linux/socket-pair.ts";
import { endTcp } from "../../../daemon/linux/tcp-socket.ts";

test("what is broken is told again and again until it is muted", () => {
  const pairs = new SocketPairs();
  const { inner, outer } = pairs.make({ wayBytes: 65_536, innerBytes: 65_536 });
  const epoll = new Epoll(4);
  epoll.add(inner, 0);
  assert.is(epoll.take(), 0);
  for (const fd of [inner, outer]) endTcp(fd);
  for (let look = 0; look < 3; look += 1) {
    assert.is(epoll.take(), 1);
    assert.is(epoll.fdAt(0), inner);
    assert.ok(epoll.eventsAt(0) & epollBroken);
  }
  epoll.mute(inner);
  assert.is(epoll.take(), 1);
  assert.is(epoll.take(), 0);
  epoll.change(inner, epollIn);
  assert.is(epoll.take(), 1);
  epoll.close();
  for (const fd of [inner, outer]) closeDescriptor(fd);
  pairs.close();
});

test.run();

import { readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeDescriptor, type StreamEvent, StreamTaps } from "../../../daemon/linux/mod.ts";
import { socketCookie } from "../../../daemon/linux/socket-options.ts";
import { connectTcp, listenTcp } from "../../../daemon/linux/tcp-socket.ts";
import { ProblemError } from "../../../schemas/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

const options = { ready: 1, bytesOut: 4_096, bytesIn: 4_096 };

/** No map can have no room, so that the last of what is opened is refused; to who is not root of the machine the first is. */
function openRefused(): ProblemError {
  const held: unknown[] = [];
  try {
    StreamTaps.open({
      ...options,
      slots: 0,
      hold: (holding) => held.push(holding),
      release: () => held.pop(),
    });
  } catch (error) {
    assert.equal(held, []);
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error("taps for no connection were opened");
}

test("taps that are refused leave no descriptor behind", () => {
  openRefused();
  const before = readdirSync("/proc/self/fd").length;
  for (let tried = 0; tried < 5; tried += 1) openRefused();
  assert.is(readdirSync("/proc/self/fd").length, before);
});

test("who is not root of the machine is told which rights are missing", () => {
  const { code, message } = openRefused().problem;
  if (isRootOfMachine()) assert.is(code, "linux.failed");
  else {
    assert.is(code, "linux.denied");
    assert.match(message, "CAP_BPF");
  }
});

if (isRootOfMachine())
  test("a connection that was taken when it was established is not taken up once more", () => {
    const loopback = Uint8Array.of(127, 0, 0, 1);
    const port = 7_003;
    const taps = StreamTaps.open({ ...options, slots: 8, hold: () => undefined, release: () => undefined });
    const listener = listenTcp(loopback, port, 8);
    taps.lookFor([{ remote: port, arrivals: false }]);
    const fd = connectTcp(loopback, port);
    const opened: number[] = [];
    const take = ({ kind, slot }: StreamEvent): void => void (kind === "opened" && opened.push(slot));
    taps.events(take);
    assert.is(opened.length, 1);
    const end = { address: loopback, port };
    assert.is(taps.adopt(fd, { local: end, remote: end }), undefined);
    assert.is(taps.cookie(opened[0] as number), socketCookie(fd));
    for (const each of [fd, listener]) closeDescriptor(each);
    taps.close();
  });

test.run();

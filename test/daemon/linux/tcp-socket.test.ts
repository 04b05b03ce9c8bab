import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { acceptTcp, closeTcp } from "../../../daemon/linux/mod.ts";
import { listenTcp } from "../../../daemon/linux/tcp-socket.ts";

const loopback = Uint8Array.of(127, 0, 0, 1);
const deadlineMs = 10_000;

/**
 * A process that has the socket too: any that is being started has every descriptor of ours until it becomes another program,
 * which takes long when the machine is busy.
 */
function sharing(fd: number): ChildProcess {
  return spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore", fd] });
}

async function accepted(listener: number): Promise<number> {
  for (const end = Date.now() + deadlineMs; Date.now() < end; await delay(5)) {
    const found = acceptTcp(listener);
    if (found) return found.fd;
  }
  throw new Error("no connection came");
}

/** Why the connection ended. */
async function fate(client: Socket): Promise<string> {
  const closed = once(client, "close").then(() => "orderly");
  const failed = new Promise<string>((resolve) => client.once("error", ({ message }) => resolve(message)));
  return await Promise.race([failed, closed, delay(deadlineMs, "nothing", { ref: false })]);
}

test("a reset reaches the peer at once, though another process still has the socket", async () => {
  const listener = listenTcp(loopback, 7101, 8);
  const client = connect(7101, "127.0.0.1").resume();
  const fd = await accepted(listener);
  const other = sharing(fd);
  try {
    const ended = fate(client);
    closeTcp(fd, "reset");
    assert.is(await ended, "read ECONNRESET");
  } finally {
    other.kill();
    closeTcp(listener, "reset");
  }
});

test("a listener that is reset breaks off whom it has not accepted, and its port is free at once", async () => {
  const listener = listenTcp(loopback, 7102, 8);
  const client = connect(7102, "127.0.0.1").resume();
  await once(client, "connect");
  const other = sharing(listener);
  try {
    const ended = fate(client);
    closeTcp(listener, "reset");
    assert.is(await ended, "read ECONNRESET");
    closeTcp(listenTcp(loopback, 7102, 8), "reset");
  } finally {
    other.kill();
  }
});

test.run();

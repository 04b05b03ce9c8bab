/** The kernel of the application's host answers for its peer: that the peer is gone is to be learned all the same. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import type { Application } from "../../linux/application.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";
import { addresses, makeLink, run, startBoth } from "../udp/two-hosts.ts";
import { bothEnds } from "./talkers.ts";

const port = 7_340;
let alpha: Application;
let beta: Application;
let engine: RunningEngine;
test.before(async () => {
  makeLink();
  ({ alpha, beta } = await startBoth());
});
test.after(async () => {
  await Promise.all([alpha.end(), beta.end()]);
});
test.before.each(async () => {
  engine = await new RunningEngine().start();
  run("ip netns exec beta iptables --flush INPUT");
});
test.after.each(() => engine.engine.stop());

/** Both send and get some bytes; then nothing comes to beta any more. */
async function vanish(options: string): Promise<void> {
  const id = await engine.install(flipModule(), bothEnds(port)[0]);
  const place = `("${addresses[4].beta}", ${port})`;
  await beta.do(`s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(${place}); s.listen()`);
  await alpha.do(`import errno
c = socket.socket(); c.settimeout(30); c.connect(${place}); c.sendall(b"hello")`);
  await beta.do("a, _ = s.accept(); s.close(); result = a.recv(10).decode(); a.sendall(b'hello')");
  await alpha.do(`c.recv(10)\n${options}`);
  assert.is(await engine.counter(id, "bytes_in_total"), 5);
  run("ip netns exec beta iptables --append INPUT --jump DROP");
}

const outcome = (call: string): string => `
try: ${call}; result = "none"
except OSError as error: result = errno.errorcode.get(error.errno, str(error))`;

if (isRootOfMachine()) {
  test("an application that keeps its connection alive learns that an idle peer is gone", async () => {
    await vanish(`
c.setsockopt(socket.SOL_TCP, socket.TCP_KEEPIDLE, 1)
c.setsockopt(socket.SOL_TCP, socket.TCP_KEEPINTVL, 1)
c.setsockopt(socket.SOL_TCP, socket.TCP_KEEPCNT, 2)
c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)`);
    // The half that is told so gives the connection, of which it has nothing, back to the application's own socket.
    assert.match(String(await alpha.do(outcome("c.recv(10)"))), /^(ECONNRESET|ETIMEDOUT)$/);
  });

  test("an application with TCP_USER_TIMEOUT learns that what it sends goes nowhere", async () => {
    await vanish("c.setsockopt(socket.SOL_TCP, 18, 1500)");
    assert.is(await alpha.do(`c.sendall(b"anybody?")\n${outcome("c.recv(10)")}`), "ECONNRESET");
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), bothEnds(port)[0]);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

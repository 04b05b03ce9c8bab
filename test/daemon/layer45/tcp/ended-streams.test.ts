import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { Application } from "../../linux/application.ts";
import { until } from "../../sleep/until.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";

const port = 7_301;
const tap = { protocol: "TCP", remote: { port } } as const;
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
/** Of struct tcp_info: the state that a socket has when both ends are over. */
const [TCP_INFO, TCP_CLOSE] = [11, 7] as const;

let engine: RunningEngine;
let talker: Application;
let reader: Application;
test.before(async () => {
  engine = await new RunningEngine().start();
  talker = await Application.start("talker");
  reader = await Application.start("reader");
});
test.after(async () => {
  await engine.engine.stop();
  await Promise.all([talker.end(), reader.end()]);
});

if (isRootOfMachine()) {
  test("a stream whose application shuts down first ends without an error at either end", async () => {
    await engine.install(flipModule(), { tap, limits });
    await reader.do(
      `s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", ${port})); s.listen()`,
    );
    await talker.do(`
c = socket.socket(); c.connect(("127.0.0.1", ${port})); c.settimeout(20)
c.sendall(bytes(20000)); c.shutdown(socket.SHUT_WR); result = None`);
    await reader.do(`
a, _ = s.accept(); a.settimeout(20)
while a.recv(65536): pass
a.sendall(bytes(30000)); a.shutdown(socket.SHUT_WR); s.close(); result = None`);
    await until("both ends are over", async () => {
      return (await reader.do(`result = a.getsockopt(6, ${TCP_INFO}, 1)[0]`)) === TCP_CLOSE;
    });
    assert.is(await reader.do("result = a.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)"), 0);
    const heard = await talker.do(`
heard = 0
while piece := c.recv(65536): heard += len(piece)
c.close(); result = heard`);
    assert.is(heard, 30_000);
    await reader.do("a.close(); result = None");
    assert.equal(engine.complaints, []);
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), { tap, limits });
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

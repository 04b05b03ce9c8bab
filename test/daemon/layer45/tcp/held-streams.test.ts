import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { Application } from "../../linux/application.ts";
import { RunningEngine } from "../running-engine.ts";

const rateLimit = readFileSync(new URL("../../../../../modules/standard/rate-limit.wasm", import.meta.url));
const port = 7_300;
const tap = { protocol: "TCP", application: { group: "talker" }, remote: { port } } as const;

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
test.after.each(() => engine.revokeAll());

/** Opens a connection: `c` of the talker, `a` of the reader. */
async function connected(): Promise<void> {
  await reader.do(
    `s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", ${port})); s.listen()`,
  );
  await talker.do(`c = socket.socket(); c.connect(("127.0.0.1", ${port})); result = None`);
  await reader.do("a, _ = s.accept(); a.settimeout(20); result = None");
}

if (isRootOfMachine()) {
  test("an application that is held back cannot send without end", async () => {
    await engine.install(rateLimit, { tap, config: { delay: 60_000 } });
    await connected();
    const ahead = (await talker.do(`
c.settimeout(1)
result = 0
try:
    while result < 64 << 20: result += c.send(bytes(16384))
except TimeoutError: pass`)) as number;
    assert.ok(ahead < 32 << 20, `${ahead} bytes`);
    await talker.do("c.close()");
    await reader.do("a.close(); s.close()");
  });

  test("all that is held back piece by piece arrives, though nothing comes behind it", async () => {
    await engine.install(rateLimit, { tap, config: { rate: 100_000, burst: 1_000 } });
    await connected();
    const said = await talker.do("said = os.urandom(60000); c.sendall(said); result = said.hex()");
    const heard = await reader.do(`
heard = b""
while len(heard) < 60000: heard += a.recv(65536)
result = heard.hex()`);
    assert.is(heard, said);
    await talker.do("c.close(); result = None");
    await reader.do("a.close(); s.close(); result = None");
  });

  test("what is held back when the application ends the stream goes on before the end", async () => {
    const id = await engine.install(rateLimit, { tap, config: { delay: 1_000 } });
    await connected();
    await talker.do("said = os.urandom(20000); c.sendall(said); result = None");
    await engine.untilCounter(id, "bytes_out_total", (bytes) => bytes >= 20_000);
    await talker.do("c.shutdown(socket.SHUT_WR)");
    const heard = await reader.do(`
heard = b""
while True:
    piece = a.recv(65536)
    heard += piece
    if not piece: break
result = heard.hex()`);
    assert.is(heard, await talker.do("result = said.hex()"));
    await talker.do("c.close(); result = None");
    await reader.do("a.close(); s.close(); result = None");
  });
} else {
  test("who is not root of the machine is told that streams cannot be customized", async () => {
    const id = await engine
      .install(rateLimit, { tap, config: { delay: 60_000 } })
      .catch((error) => error.message);
    const problem = engine.seen(id)?.problem?.message ?? id;
    assert.match(problem, /BPF|root|denied|EPERM/i);
  });
}

test.run();

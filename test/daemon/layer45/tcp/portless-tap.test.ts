import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { Application } from "../../linux/application.ts";
import { RunningEngine } from "../running-engine.ts";

const monitor = readFileSync(new URL("../../../../../modules/standard/monitor.wasm", import.meta.url));
const connections = 40;

if (isRootOfMachine()) {
  test("a tap that names no port takes all connections of its application, and none of the engine's own", async () => {
    const engine = await new RunningEngine().start();
    const talker = await Application.start("talker");
    const server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const id = await engine.install(monitor, {
      tap: { protocol: "TCP", application: { group: "talker" } },
    });
    const heard = await talker.do(`
result = []
for _ in range(${connections}):
    c = socket.create_connection(("127.0.0.1", ${port}), 20)
    c.sendall(b"hello")
    result.append(c.recv(99).decode())
    c.close()`);
    assert.equal(heard, Array(connections).fill("hello"));
    await engine.untilCounter(id, "messages_out_total", (value) => value >= connections);
    assert.equal(engine.complaints, []);
    await talker.end();
    server.close();
    await engine.engine.stop();
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const engine = await new RunningEngine().start();
    const id = await engine.install(monitor, { tap: { protocol: "TCP" } });
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
    await engine.engine.stop();
  });
}

test.run();

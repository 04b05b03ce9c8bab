import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { Application } from "../../linux/application.ts";
import { RunningEngine } from "../running-engine.ts";

const monitor = readFileSync(new URL("../../../../../modules/standard/monitor.wasm", import.meta.url));
const port = 7_310;
/** More than can be tapped at a time. */
const connections = 1_040;
const tap = { protocol: "TCP", application: { group: "talker" }, remote: { port } } as const;

test("connections that are more than can be tapped are left alone, and end when their application closes them", async () => {
  const engine = await new RunningEngine().start();
  const talker = await Application.start("talker");
  const reader = await Application.start("reader");
  const raise = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)); result = None";
  await talker.do(raise);
  await reader.do(`${raise}
s = socket.create_server(("127.0.0.1", ${port}), backlog=${connections})`);
  await talker.do(
    `cs = [socket.create_connection(("127.0.0.1", ${port})) for _ in range(${connections})]; result = None`,
  );
  await reader.do(`accepted = [s.accept()[0] for _ in range(${connections})]; result = None`);
  const id = await engine.install(monitor, { tap });
  const flows = await engine.counter(id, "flows");
  if (isRootOfMachine()) assert.ok(flows > 900 && flows < connections, `${flows} flows`);
  await talker.do("for c in cs: c.close()\nresult = None");
  const ended = await reader.do(`
result = 0
for each in accepted:
    each.settimeout(3)
    try: result += each.recv(1) == b""
    except TimeoutError: break`);
  assert.is(ended, connections);
  await engine.engine.stop();
  await Promise.all([talker.end(), reader.end()]);
});

test.run();

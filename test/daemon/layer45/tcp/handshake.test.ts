import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";
import { Applications } from "./applications.ts";
import { bothEnds } from "./talkers.ts";

const port = 7_330;
/** How long a segment is that has no bytes but timestamps. */
const bareBytes = 52;

let engine: RunningEngine;
test.before.each(async () => {
  engine = await new RunningEngine().start();
});
test.after.each(() => engine.engine.stop());

if (isRootOfMachine()) {
  test("bytes that come before the handshake is over, whose last segment was lost, are customized like all others", async () => {
    const applications = await Applications.start();
    const words = `-p tcp --dport ${port} -m length --length ${bareBytes} -m quota --quota ${bareBytes} -j DROP`;
    for (const end of bothEnds(port)) await engine.install(flipModule(), end);
    execFileSync("iptables", ["-A", "INPUT", ...words.split(" ")]);
    await applications.reader.do(`
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", ${port})); s.listen()`);
    await applications.talker.do(
      `c = socket.create_connection(("127.0.0.1", ${port}), 20); said = os.urandom(3000); c.sendall(said); result = None`,
    );
    const heard = await applications.reader.do(`
a, _ = s.accept(); a.settimeout(20)
heard = b""
while len(heard) < 3000: heard += a.recv(3000 - len(heard))
result = heard.hex()`);
    const said = await applications.talker.do("result = said.hex()");
    assert.is(heard, said);
    assert.match(execFileSync("iptables", ["-vnxL", "INPUT"], { encoding: "utf8" }), /^ +1 +52 /m);
    assert.equal(engine.complaints, []);
    await applications.end();
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const [sender] = bothEnds(port);
    const id = await engine.install(flipModule(), sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

/** How customized connections end, and what else goes through them beside plain bytes. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { touchyModule } from "../modules.ts";
import { Talkers } from "./talkers.ts";

const port = 7_330;
const outcome = (call: string): string => `
try: ${call}; result = "none"
except OSError as error: result = errno.errorcode[error.errno]`;
const reset = "setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))";

let talkers: Talkers;
test.before.each(async () => {
  talkers = await Talkers.start(port);
  for (const one of [talkers.client, talkers.server]) await one.do("import errno");
});
test.after.each(() => talkers.end());

if (isRootOfMachine()) {
  test("a reset by either end reaches the other", async () => {
    const { client, server } = talkers;
    await talkers.customize();
    await talkers.connect();
    await client.do("c.sendall(b'hello'); result = None");
    await server.do("result = pieces(a, 5).decode()");
    const heard = server.do(outcome("a.recv(10)"));
    await client.do(`c.${reset}; c.close(); result = None`);
    assert.is(await heard, "ECONNRESET");
    await talkers.connect();
    await client.do("c.sendall(b'hello'); result = None");
    await server.do("result = pieces(a, 5).decode()");
    const heardBack = client.do(outcome("c.recv(10)"));
    await server.do(`a.${reset}; a.close(); result = None`);
    assert.is(await heardBack, "ECONNRESET");
  });

  test("a stream from which a module that fails would have bytes dropped is broken off, at both ends", async () => {
    const { client, server } = talkers;
    await talkers.customize(touchyModule(), { onFault: "drop" });
    await talkers.connect();
    await client.do("c.sendall(b'good'); result = None");
    assert.is(await server.do("result = pieces(a, 4).decode()"), "good");
    await client.do("c.sendall(b'bad!'); result = None");
    assert.is(await server.do(outcome("a.recv(10)")), "ECONNRESET");
    assert.is(await client.do(outcome("c.recv(10)")), "ECONNRESET");
  });

  test("a reader that does not read stops the sender, and the engine keeps no more than its buffers", async () => {
    const { client, server } = talkers;
    await talkers.customize();
    await talkers.connect();
    const before = residentBytes();
    const sent = (await client.do(`
c.settimeout(1)
result = 0
try:
    while result < 1 << 28: result += c.send(bytes(65536))
except TimeoutError: pass`)) as number;
    assert.ok(sent < 64 << 20, `${sent} bytes`);
    assert.ok(residentBytes() - before < 64 << 20, `${residentBytes() - before} bytes`);
    await client.do("c.shutdown(socket.SHUT_WR); result = None");
    const read = await server.do("result = sum(len(piece) for piece in iter(lambda: a.recv(1 << 20), b''))");
    assert.is(read, sent);
  });

  test("an urgent byte stays where it was in the stream, though nobody is told that it is urgent", async () => {
    const { client, server } = talkers;
    const [id] = await talkers.customize();
    await talkers.connect();
    await client.do(
      "c.sendall(b'before'); c.send(b'!', socket.MSG_OOB); c.sendall(b'behind'); c.shutdown(socket.SHUT_WR); result = None",
    );
    assert.is(await server.do("result = pieces(a, 100).decode()"), "before!behind");
    await server.do("a.send(b'stop', socket.MSG_OOB); a.sendall(b'and on'); a.close(); result = None");
    assert.is(await client.do("result = pieces(c, 100).decode()"), "stopand on");
    assert.is(await talkers.engine.counter(id, "bytes_out_total"), 13);
  });

  test("a stream whose numbers have an urgent byte goes on without the engine", async () => {
    const { client, server } = talkers;
    await talkers.customize();
    await talkers.connect();
    await client.do("c.send(b'one!', socket.MSG_OOB); result = None");
    assert.is(await server.do("result = pieces(a, 4).decode()"), "one!");
    await talkers.engine.revokeAll();
    await client.do("c.sendall(b'another'); result = None");
    assert.is(await server.do("result = pieces(a, 7).decode()"), "another");
    await server.do("a.sendall(b'answer'); result = None");
    assert.is(await client.do("result = pieces(c, 6).decode()"), "answer");
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const [id] = await talkers.customize();
    assert.is(talkers.engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "latin1"))?.[1]) * 1024;
}

test.run();

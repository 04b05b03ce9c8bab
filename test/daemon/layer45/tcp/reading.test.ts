/** What readers and writers of a customized stream may ask of the kernel: their sockets are as the kernel made them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { until } from "../../sleep/until.ts";
import { Talkers } from "./talkers.ts";

const port = 7_310;
let talkers: Talkers;
let ends: string[];
let folder: string;

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "netloom-reading-"));
  talkers = await Talkers.start(port);
  ends = await talkers.customize();
});
test.after(async () => {
  await talkers.end();
  rmSync(folder, { recursive: true });
});

if (isRootOfMachine()) {
  test.before.each(() => talkers.connect());
  test.after.each(() => talkers.disconnect());

  test("a read that blocks goes on after signals, and is answered nothing but bytes", async () => {
    const { client, server } = talkers;
    const signals = join(folder, "signals");
    const heard = client.do(`
def note(*_):
    with open("${signals}", "a") as file: file.write("x")
signal.signal(signal.SIGALRM, note)
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
try: result = c.recv(100).decode()
finally: signal.setitimer(signal.ITIMER_REAL, 0)`);
    await until("it was interrupted some times", () => lengthOf(signals) >= 10);
    await server.do(`a.sendall(b"at last"); result = None`);
    assert.is(await heard, "at last");
  });

  test("who has ended its own direction blocks in a read until the answer, and then until the end", async () => {
    const { client, server } = talkers;
    const heard = client.do(`
c.sendall(b"question"); c.shutdown(socket.SHUT_WR)
result = [c.recv(100).decode(), c.recv(100).decode()]`);
    // The end has come, and was acknowledged, when the answer is sent.
    assert.is(await server.do("result = pieces(a, 100).decode()"), "question");
    await server.do(`a.sendall(b"answer"); a.close(); result = None`);
    assert.equal(await heard, ["answer", ""]);
  });

  test("a socket of which all was read is not called readable", async () => {
    const { client, server } = talkers;
    const rounds = 500;
    const echoed = server.do(`
result = 0
for turn in range(${rounds}):
    readable(a, 20)
    a.sendall(a.recv(1000))
    result += readable(a) and waiting(a) == 0`);
    const vain = await client.do(`
result = 0
for turn in range(${rounds}):
    c.sendall(bytes(turn or 1))
    left = turn or 1
    while left:
        readable(c, 20)
        left -= len(c.recv(left))
    result += readable(c) or waiting(c)`);
    assert.is(vain, 0);
    assert.is(await echoed, 0);
  });

  test("what waits can be counted and looked at without being read", async () => {
    const { client, server } = talkers;
    await server.do(`a.sendall(b"look first"); result = None`);
    const seen = await client.do(`
first = c.recv(4, socket.MSG_PEEK)
while waiting(c) < 10: first = c.recv(10, socket.MSG_PEEK)
result = [c.recv(100, socket.MSG_PEEK).decode(), waiting(c), c.recv(5).decode(), waiting(c), c.recv(100).decode(), waiting(c)]`);
    assert.equal(seen, ["look first", 10, "look ", 5, "first", 0]);
  });

  test("MSG_WAITALL and SO_RCVLOWAT wait for as many bytes as they say", async () => {
    const { client, server } = talkers;
    const all = client.do("result = len(c.recv(300000, socket.MSG_WAITALL))");
    await server.do(`
for piece in range(30): a.sendall(bytes(10000))
result = None`);
    assert.is(await all, 300_000);
    await client.do("c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 3000); result = None");
    await server.do("a.sendall(bytes(2999)); result = None");
    const early = await client.do(`
while waiting(c) < 2999: c.recv(2999, socket.MSG_PEEK | socket.MSG_DONTWAIT) if waiting(c) else None
result = readable(c)`);
    assert.is(early, false);
    await server.do("a.sendall(bytes(1)); result = None");
    assert.is(await client.do("result = [readable(c, 20), len(c.recv(5000))]").then(String), "true,3000");
  });

  test("splice and sendfile lead into a customized stream and out of it", async () => {
    const { client, server } = talkers;
    const sent = await server.do(`
import threading
said = os.urandom(3_000_000)
file = open("${folder}/sent", "w+b"); file.write(said); file.flush()
def send():
    at = 0
    while at < 1_000_000: at += os.sendfile(a.fileno(), file.fileno(), at, 1_000_000 - at)
    out, into = os.pipe()
    while at < len(said):
        moved = os.splice(file.fileno(), into, min(65536, len(said) - at), offset_src=at)
        at += moved
        while moved: moved -= os.splice(out, a.fileno(), moved)
    a.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
result = hashlib.sha256(said).hexdigest()`);
    const heard = await client.do(`
out, into = os.pipe()
digest = hashlib.sha256()
while moved := os.splice(c.fileno(), into, 65536):
    while moved:
        piece = os.read(out, moved)
        digest.update(piece); moved -= len(piece)
result = digest.hexdigest()`);
    assert.is(heard, sent);
  });
  test("all that was read was customized, and nothing complained of", async () => {
    for (const id of ends) {
      for (const name of ["bytes_out_total", "bytes_in_total"]) {
        assert.ok((await talkers.engine.counter(id, name)) > 100_000, `${id} ${name}`);
      }
    }
    assert.equal(talkers.engine.complaints, []);
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    assert.is(talkers.engine.seen(ends[0]!)?.problem?.code, "layer45.no-transport");
  });
}

function lengthOf(path: string): number {
  try {
    return readFileSync(path).length;
  } catch {
    return 0;
  }
}

test.run();

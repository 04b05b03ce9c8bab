import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OlderSockets } from "../../../daemon/layer45/older-sockets.ts";
import { Application } from "../linux/application.ts";
import { tag, tagModule } from "./modules.ts";
import { RunningEngine } from "./running-engine.ts";

const parent = mkdtempSync(join(tmpdir(), "netloom-older-"));
const folder = join(parent, "older");
test.after(() => rmSync(parent, { recursive: true }));

test("what was noted of a unit is known to who comes later, until it is forgotten", () => {
  const [first, later] = [new OlderSockets(folder), new OlderSockets(folder)];
  assert.is(later.recall("one"), undefined);
  first.note("one", new Set([1n, 2n ** 63n]));
  first.note("two", new Set());
  assert.equal(later.recall("one"), new Set([1n, 2n ** 63n]));
  assert.equal(later.recall("two"), new Set());
  later.forget("one");
  later.forget("one");
  assert.is(first.recall("one"), undefined);
  first.forget("two");
  assert.equal(readdirSync(folder), []);
});

test("a socket that came after a customization is its own still when the engine has started again", async () => {
  const options = { tap: { remote: { port: 7_200 } }, attach: "new" } as const;
  const application = await Application.start("sender");
  await application.do(`
def udp():
    made = socket.socket(type=socket.SOCK_DGRAM)
    made.settimeout(10)
    return made
server = udp()
server.bind(("127.0.0.1", 7200))
def said(sock):
    sock.sendto(b"x", ("127.0.0.1", 7200))
    return server.recv(99).decode()
old = udp()
result = said(old)`);
  const engine = await new RunningEngine().start();
  await engine.install(tagModule(), options);
  assert.is(await application.do("new = udp(); result = said(new)"), `${tag}x`);
  await engine.engine.stop();
  assert.is(await application.do("result = said(new)"), "x");
  const again = await new RunningEngine().start();
  const id = await again.install(tagModule(), options);
  assert.is(await application.do("result = said(new)"), `${tag}x`);
  assert.is(await application.do("result = said(old)"), "x");
  await again.engine.revoke(id);
  await again.install(tagModule(), options);
  assert.is(await application.do("result = said(new)"), "x", "it is older than the one that came anew");
  await again.revokeAll();
  await again.engine.stop();
  await application.end();
});

test.run();

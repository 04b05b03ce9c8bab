import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { standardModule } from "../../../../modules/mod.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "../../../../../test/daemon/layer45/tcp/echo-peers.py");
const port = 7_320;
const [clients, exchanges] = [4, 400];
const limits = { memoryBytes: 1 << 20, timeMs: 500 };
const tag = standardModule("stream-tag") as Uint8Array;
const receiver: UnitOptions = { role: "receiver", tap: { protocol: "TCP", local: { port } }, limits };
const sender: UnitOptions = { role: "sender", tap: { protocol: "TCP", remote: { port } }, limits };

if (isRootOfMachine()) {
  for (const address of ["127.0.0.1", "::1"]) {
    test(`between ${address} and itself connections come and go, and are customized and not, with every byte in its place`, async () => {
      const engine = await new RunningEngine().start();
      let isOver = false;
      const peers = run("python3", [script, address, `${port}`, `${clients}`, `${exchanges}`]).finally(() => {
        isOver = true;
      });
      const there = await engine.install(tag, receiver);
      let times = 0;
      for (let frames = 0; !isOver; times += 1) {
        const here = await engine.install(tag, sender);
        await engine.untilCounter(there, "module_frames_in", (seen) => isOver || seen > frames + 100);
        frames = await engine.counter(there, "module_frames_in");
        await engine.engine.revoke(here);
      }
      assert.is((await peers).stdout, "exchanges True\n");
      assert.ok(times > 1, `${times} times`);
      assert.equal(engine.complaints, []);
      await engine.engine.stop();
    });
  }
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const engine = await new RunningEngine().start();
    const id = await engine.install(tag, sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
    await engine.engine.stop();
  });
}

test.run();

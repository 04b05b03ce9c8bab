import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitModes } from "../../../../daemon/linux/split/split-record.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import type { Application } from "../../linux/application.ts";
import { until } from "../../sleep/until.ts";
import { endlessModule, flipModule } from "../modules.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";
import { Applications } from "./applications.ts";
import type { Installation } from "./engine-process.ts";
import { splitProgramsOn, splitRecords } from "./split-kernel.ts";

const standard = (name: string): Buffer =>
  readFileSync(new URL(`../../../../../modules/standard/${name}.wasm`, import.meta.url));
const idlePort = 7_310;
const busyPort = 7_311;
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
const sender = (port: number): UnitOptions => ({
  name: `sender-${port}`,
  tap: { protocol: "TCP", remote: { port } },
  limits,
});
const receiver = (port: number): UnitOptions => ({
  name: `receiver-${port}`,
  role: "receiver",
  tap: { protocol: "TCP", local: { port } },
  limits,
});

let first: ChildProcess;
let applications: Applications;

async function install(module: Uint8Array, options: UnitOptions): Promise<void> {
  const message: Installation = { module, options };
  first.send(message);
  await once(first, "message");
}

async function carryBothWays(bytes: number): Promise<void> {
  for (const back of [false, true]) {
    const { sent, heard } = await applications.carry("idle", bytes, { back });
    assert.ok(sent === heard, "what was heard is what was sent");
  }
}

const flipped = (hex: string): string =>
  Buffer.from(Buffer.from(hex, "hex").map((byte) => byte ^ 0x20)).toString("hex");

/** What a read says that has to fail. */
const failureOf = (application: Application, name: string): Promise<unknown> =>
  application.do(`
try:
    while ${name}.recv(65536): pass
    result = "an end"
except OSError as error: result = type(error).__name__`);

test.before(async () => {
  first = fork(new URL("./engine-process.js", import.meta.url), { serialization: "advanced" });
  await once(first, "message");
  applications = await Applications.start();
});
test.after(async () => {
  first.kill("SIGKILL");
  await applications.end();
});

if (isRootOfMachine()) {
  test("an engine that is killed breaks off what it had bytes of; the rest goes on, and the next one takes it up", async () => {
    const tagged = { config: { every: 100 } };
    await install(standard("stream-tag"), { ...sender(idlePort), ...tagged });
    await install(standard("stream-tag"), { ...receiver(idlePort), ...tagged });
    await install(standard("rate-limit"), { ...sender(busyPort), config: { delay: 60_000 } });
    await applications.connect("idle", idlePort);
    await applications.connect("busy", busyPort);
    const { talker, reader } = applications;
    await carryBothWays(30_000);
    await talker.do("busy.sendall(bytes(1000)); result = None");
    await until("both ends of the idle one are noted to be so", async () => {
      const split = splitRecords().filter(({ mode }) => mode === splitModes.split);
      return split.filter(({ packets, settled }) => packets === settled).length === 2;
    });

    first.kill("SIGKILL");
    await once(first, "exit");
    assert.is(await failureOf(talker, "busy"), "ConnectionResetError");
    assert.is(await failureOf(reader, "busy"), "ConnectionResetError");
    await carryBothWays(200_000);

    const second = await new RunningEngine().start();
    try {
      const id = await second.install(flipModule(), sender(idlePort));
      const { sent, heard } = await applications.carry("idle", 5_000);
      assert.is(heard, flipped(sent));
      assert.is(await second.counter(id, "bytes_out_total"), 5_000);
      await second.engine.revoke(id);
      await carryBothWays(5_000);
      assert.ok(await applications.close("idle"));
      assert.equal(second.complaints, []);
    } finally {
      await second.engine.stop();
    }
    assert.is(splitProgramsOn("lo"), 0);
  });

  test("a thread that is ended for a module that loops leaves what is idle, and the next thread takes it up", async () => {
    const engine = await new RunningEngine().start();
    try {
      const id = await engine.install(flipModule(), sender(idlePort));
      await applications.connect("idle", idlePort);
      const before = await applications.carry("idle", 5_000);
      assert.is(before.heard, flipped(before.sent));
      await until("it is noted to be idle", () =>
        splitRecords().some(({ mode, packets, settled }) => mode === splitModes.split && packets === settled),
      );
      const endless = await engine.install(endlessModule(), sender(busyPort));
      await applications.connect("busy", busyPort);
      await applications.talker.do("busy.sendall(bytes(10)); result = None");
      assert.is(await failureOf(applications.reader, "busy"), "ConnectionResetError");
      await until("the module that did it is stopped", () => engine.seen(endless)?.problem !== undefined);
      await engine.untilCounter(id, "flows", (flows) => flows === 1);
      const { sent, heard } = await applications.carry("idle", 5_000);
      assert.is(heard, flipped(sent));
      assert.ok(await applications.close("idle"));
    } finally {
      await engine.engine.stop();
    }
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const engine = await new RunningEngine().start();
    const id = await engine.install(flipModule(), sender(idlePort));
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
    await engine.engine.stop();
  });
}

test.run();

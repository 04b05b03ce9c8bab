import { test } from "uvu";
import * as assert from "uvu/assert";
import { splitModes } from "../../../../daemon/linux/split/split-record.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { until } from "../../sleep/until.ts";
import { flipModule, repeatModule } from "../modules.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";
import { Applications } from "./applications.ts";
import { splitRecords } from "./split-kernel.ts";

const [port, from] = [7_315, 41_315];
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
const sender: UnitOptions = { name: "sender", tap: { protocol: "TCP", remote: { port } }, limits };

let applications: Applications;
let engine: RunningEngine;
test.before(async () => {
  engine = await new RunningEngine().start();
  applications = await Applications.start();
});
test.after(async () => {
  await engine.engine.stop();
  await applications.end();
});

const flipped = (hex: string): string =>
  Buffer.from(Buffer.from(hex, "hex").map((byte) => byte ^ 0x20)).toString("hex");

async function carryPlain(name: string): Promise<void> {
  for (const back of [false, true]) {
    const { sent, heard } = await applications.carry(name, 50_000, { back });
    assert.ok(sent === heard, "what was heard is what was sent");
  }
}

async function carryFlipped(name: string): Promise<void> {
  const { sent, heard } = await applications.carry(name, 5_000);
  assert.ok(heard === flipped(sent), "what was heard is customized");
}

if (isRootOfMachine()) {
  test("a connection between the ends of one that is over works, whatever the numbers of that one were", async () => {
    const repeated = await engine.install(repeatModule(2), sender);
    await applications.connect("one", port, from);
    await applications.carry("one", 20_000, { heardBytes: 40_000 });
    await engine.engine.revoke(repeated);
    await until("it goes on without the engine", () =>
      splitRecords().some(({ mode, shiftOut }) => mode === splitModes.shift && shiftOut === 20_000),
    );
    await carryPlain("one");
    await applications.reset("one");

    // Nobody wants this one; the next is held from its beginning on, and the one after follows one that was split until its end.
    await applications.connect("two", port, from);
    await carryPlain("two");
    await applications.reset("two");
    await engine.install(flipModule(), { ...sender, attach: "new" });
    for (const name of ["three", "four"]) {
      await applications.connect(name, port, from);
      await carryFlipped(name);
      await applications.reset(name);
    }
    assert.equal(engine.complaints, []);
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

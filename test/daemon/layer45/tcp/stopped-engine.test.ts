import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { repeatModule } from "../modules.ts";
import { RunningEngine, type UnitOptions } from "../running-engine.ts";
import { Applications } from "./applications.ts";
import { splitProgramsOn } from "./split-kernel.ts";

const port = 7_312;
const limits = { memoryBytes: 1 << 20, timeMs: 200 };
const sender: UnitOptions = { name: "sender", tap: { protocol: "TCP", remote: { port } }, limits };
const receiver: UnitOptions = {
  name: "receiver",
  role: "receiver",
  tap: { protocol: "TCP", local: { port } },
  limits,
};
/** So much that no number is within a window of what it was. */
const firstBytes = 2_000_000;
const losses = `table ip losses { chain input { type filter hook input priority 0
  tcp sport ${port} numgen inc mod 9 == 0 drop
  tcp dport ${port} numgen inc mod 9 == 0 drop
  }
}
`;

let applications: Applications;
test.before(async () => {
  applications = await Applications.start();
});
test.after(() => applications.end());

/** What the kernel has counted of TCP in this network namespace. */
function counted(name: string): number {
  const [names, values] = readFileSync("/proc/net/netstat", "latin1")
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.split(" ")) as [string[], string[]];
  return Number(values[names.indexOf(name)]);
}

if (isRootOfMachine()) {
  test("connections that have other lengths at their ends go on with no engine, also where packets are lost", async () => {
    const engine = await new RunningEngine().start();
    await engine.install(repeatModule(2), sender);
    await engine.install(repeatModule(2), receiver);
    await applications.connect("one", port);
    await applications.connect("over", port);
    for (const back of [false, true]) {
      await applications.carry("one", firstBytes, { back, heardBytes: 2 * firstBytes });
    }
    assert.ok(await applications.close("over"));
    await engine.engine.stop();
    assert.is(splitProgramsOn("lo"), 2);

    const before = { discarded: counted("TCPSACKDiscard"), recoveries: counted("TCPSackRecovery") };
    const { status, stderr } = spawnSync("nft", ["-f", "-"], { input: losses, encoding: "utf8" });
    assert.is(status, 0, stderr);
    for (const back of [false, true]) {
      const { sent, heard } = await applications.carry("one", 5_000_000, { back });
      assert.ok(sent === heard, "what was heard is what was sent");
    }
    assert.ok(counted("TCPSackRecovery") > before.recoveries);
    assert.is(counted("TCPSACKDiscard"), before.discarded);
    spawnSync("nft", ["delete", "table", "ip", "losses"]);
    assert.ok(await applications.close("one"));
  });

  test("an urgent byte comes with the rest, and the programs are on interfaces no longer than a connection needs them", async () => {
    const engine = await new RunningEngine().start();
    await engine.install(repeatModule(2), sender);
    await applications.connect("two", port);
    assert.is(splitProgramsOn("lo"), 2);
    await applications.carry("two", 100, { heardBytes: 200 });
    await applications.talker.do('two.send(b"!", socket.MSG_OOB); result = None');
    assert.is(await applications.reader.do("result = two.recv(2, socket.MSG_WAITALL).decode()"), "!!");
    assert.ok(await applications.close("two"));
    assert.equal(engine.complaints, []);
    await engine.engine.stop();
    assert.is(splitProgramsOn("lo"), 0);
  });
} else {
  test("who is not root of the machine has no programs on interfaces", async () => {
    const engine = await new RunningEngine().start();
    const id = await engine.install(repeatModule(2), sender);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
    await engine.engine.stop();
  });
}

test.run();

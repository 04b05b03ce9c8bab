import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { until } from "../../sleep/until.ts";
import { flipModule } from "../modules.ts";
import { RunningEngine } from "../running-engine.ts";
import { bothEnds, streamTag } from "./talkers.ts";

const port = 7_320;
const run = promisify(execFile);

let engine: RunningEngine;
let server: ChildProcess;
test.before.each(async () => {
  engine = await new RunningEngine().start();
  server = spawn("iperf3", ["--server", "--port", `${port}`, "--forceflush"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  server.stdout!.on("data", (text) => (output += text));
  await until("iperf3 listens", () => output.includes("Server listening"));
});
test.after.each(async () => {
  server.kill("SIGKILL");
  await engine.engine.stop();
});

if (isRootOfMachine()) {
  for (const [name, module] of [
    ["flipped", flipModule()],
    ["tagged", streamTag],
  ] as const) {
    test(`iperf3, which selects and then blocks in reads, has its streams ${name} both ways`, async () => {
      const bytes = 20_000_000;
      const [sender, receiver] = bothEnds(port);
      const ends = [await engine.install(module, sender), await engine.install(module, receiver)];
      for (const direction of [[], ["--reverse"], ["--parallel", "3"]]) {
        const words = [
          "--client",
          "127.0.0.1",
          "--port",
          `${port}`,
          "--bytes",
          `${bytes}`,
          "--json",
          ...direction,
        ];
        const { stdout } = await run("iperf3", words, { timeout: 50_000 });
        const { end } = JSON.parse(stdout);
        assert.ok(end.sum_sent.bytes >= bytes, `${direction} ${end.sum_sent.bytes}`);
        // The test ends when all is sent: what is on its way then is not counted.
        assert.ok(end.sum_received.bytes > bytes / 20, `${direction} ${end.sum_received.bytes}`);
      }
      for (const id of ends) {
        const seen = await engine.fresh(id);
        assert.is(seen.problem, undefined);
        // A stream of commands and one of bytes, three times, and two more.
        assert.ok((seen.counters?.customized_total ?? 0) >= 8, JSON.stringify(seen.counters));
      }
      assert.equal(engine.complaints, []);
    });
  }
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    const id = await engine.install(flipModule(), bothEnds(port)[0]);
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ObjectDetail, RotationReply } from "../../controller/mod.ts";
import { isRootOfMachine } from "../root-of-machine.ts";
import { run, Started } from "./started.ts";
import { until } from "./until.ts";
import { webRepository } from "./web-repository.ts";

const folder = mkdtempSync(join(tmpdir(), "netloom-web-"));
const bytes = 40_000_000;
/** The link, not the reader, is what is slow, so that the sender has some left when it is moved. */
const slowLink = "tc qdisc add dev eth0 root tbf rate 32mbit burst 256k latency 50ms".split(" ");

test.after(() => {
  Started.killAll();
  rmSync(folder, { recursive: true });
});

const rotation = (): RotationReply =>
  JSON.parse(run("rotation", "web", "-o", "json").stdout) as RotationReply;
const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

const receiver = (name: string): ObjectDetail["units"][number] | undefined => {
  const { code, stdout } = run("describe", `customization/${name}`, "-o", "json");
  // A lab that has only just begun has not read it yet.
  if (code !== 0) return undefined;
  const { units } = JSON.parse(stdout) as ObjectDetail;
  return units.find(({ unit }) => unit?.endsWith("/receiver"));
};

if (isRootOfMachine()) {
  test("a download that is under way goes over from one customization to the other, and arrives whole", async () => {
    const content = randomBytes(bytes);
    writeFileSync(join(folder, "content"), content);
    const lab = new Started(["lab", webRepository(folder)]);
    await lab.says("  converged");
    assert.is(run("lab", "exec", "server", "--", ...slowLink).code, 0);
    const got = join(folder, "got");
    const url = "http://10.20.0.1:8000/content";
    const words = [
      "lab",
      "exec",
      "client",
      "--",
      "curl",
      "--silent",
      "--show-error",
      "--fail",
      "-o",
      got,
      url,
    ];
    const download = new Started(words);
    let isOver = false;
    void download.exit.then(() => (isOver = true));
    await until("it is under way", () => {
      const { stdout } = run("lab", "exec", "client", "--", "sh", "-c", `stat -c %s ${got} || true`);
      return Number(stdout) > bytes / 40;
    });
    assert.is(run("rotate", "web", "--to", "two").code, 0);
    await until("moved", () => rotation().current === "two");
    assert.not.ok(isOver, "it was moved while it was under way");
    assert.is(await download.exit, 0, download.output);
    assert.is(sha256(readFileSync(got)), sha256(content));
    await until("the second took part", () => (receiver("two")?.counters?.customized_total ?? 0) > 0);
  });
} else {
  test("who is not root of the machine is told why streams are not customized", async () => {
    new Started(["lab", webRepository(folder)]);
    await until("it says so", () => /BPF/.test(receiver("one")?.problem?.message ?? ""));
  });
}

test.run();

import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ObjectDetail, RotationReply } from "../../controller/mod.ts";
import { isRootOfMachine } from "../root-of-machine.ts";
import { folderWith, run, Started } from "./started.ts";
import { until } from "./until.ts";

const host = (name: string, address: string, lab = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}, labels: {role: ${name}}}
spec:
  interfaces: [{name: eth0, addresses: [${address}]}]
${lab}---
`;

/** Each cuts into frames of another size, with another tag. */
const customization = (name: string, every: number): string => `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {standard: stream-tag, config: {tag: ${name}, every: ${every}}}
  priority: ${every}
  attach: immediate
  ends:
    - role: sender
      hosts: {matchNames: [server]}
      tap: {protocol: TCP, application: {group: python3}, local: {port: 8000}}
    - role: receiver
      hosts: {matchNames: [client]}
      tap: {protocol: TCP, application: {group: curl}, remote: {port: 8000}}
---
`;

/** A folder that declares a server of the files in `content`, a client, and a rotation of two customizations of what is downloaded. */
function webRepository(content: string): string {
  const serve = `[python3, -m, http.server, "8000", --protocol, HTTP/1.1, --directory, ${content}]`;
  return folderWith({
    "hosts.yaml":
      host("server", "10.20.0.1/24", `  lab: {run: [${serve}]}\n`) + host("client", "10.20.0.2/24"),
    "customizations.yaml": customization("one", 1000) + customization("two", 1500),
    "rotation.yaml": `apiVersion: netloom.dev/v1alpha1
kind: CustomizationRotation
metadata: {name: web}
spec: {through: [one, two], every: 24h, overlap: 300ms, deadline: 30s, retire: deprecate}
`,
  });
}

const folder = mkdtempSync(join(tmpdir(), "netloom-web-"));
/** More than the kernels keep between the two applications, so that the sender has some left when it is moved. */
const bytes = 40_000_000;
const bytesPerSecond = 4_000_000;

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
    const got = join(folder, "got");
    const limit = ["--limit-rate", String(bytesPerSecond), "--silent", "--show-error", "--fail"];
    const words = [
      "lab",
      "exec",
      "client",
      "--",
      "curl",
      ...limit,
      "-o",
      got,
      "http://10.20.0.1:8000/content",
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

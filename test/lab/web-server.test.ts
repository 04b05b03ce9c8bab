import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isRootOfMachine } from "../root-of-machine.ts";
import { LabRepository } from "./lab-repository.ts";
import { Started } from "./started.ts";
import { until } from "./until.ts";

// The experiments of layer-4.5 §5.3.2 and §5.3.3: a module that holds messages back, on a web server written in Python.

const host = (name: string, address: string, more: string): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  interfaces: [{name: eth0, addresses: [${address}]}]
${more}---
`;
const fileBytes = 3_700_000;
/** Python's own web server, with connections that outlive an answer. */
const server = `
import http.server as http
http.SimpleHTTPRequestHandler.protocol_version = "HTTP/1.1"
http.ThreadingHTTPServer(("", 80), http.SimpleHTTPRequestHandler).serve_forever()`;
const serve = `mkdir -p /run/site && cd /run/site && head -c ${fileBytes} /dev/urandom >file && exec python3 -c '${server}'`;
const hosts =
  host("web", "10.10.0.4/24", `  lab: {run: [[sh, -c, ${JSON.stringify(serve)}]]}\n`) +
  host("h1", "10.10.0.1/24", "  daemon: false\n") +
  host("h2", "10.10.0.2/24", "  daemon: false\n");

interface Life {
  active?: boolean;
  deprecated?: boolean;
}

const slow = (config: string, life: Life = {}): string => `apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: slow}
spec:
  module: {standard: rate-limit, config: ${config}}
  active: ${life.active ?? true}
  deprecated: ${life.deprecated ?? false}
  attach: immediate
  monitor: {interval: 500ms}
  ends:
    - {role: sender, hosts: {matchNames: [web]}, tap: {protocol: TCP, application: {group: "python*"}, local: {address: 10.10.0.4, port: 80}}}
`;

let repository: LabRepository;
let digest: string;
test.before(async () => {
  repository = await LabRepository.start({ "hosts.yaml": hosts });
  digest = await until("the server serves", async () => (await download("h2").done) || undefined);
});
test.after(() => Started.killAll());

interface Download {
  isDone: boolean;
  /** What came, as SHA-256; empty when nothing did. */
  done: Promise<string>;
}

function download(from: string): Download {
  const [program, ...words] = repository.on(
    from,
    "curl",
    "--silent",
    "--show-error",
    "--fail",
    "http://10.10.0.4/file",
  );
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  const hash = createHash("sha256");
  child.stdout.on("data", (piece: Buffer) => hash.update(piece));
  const made: Download = {
    isDone: false,
    done: new Promise((resolve) =>
      child.once("close", (code) => {
        made.isDone = true;
        resolve(code === 0 ? hash.digest("hex") : "");
      }),
    ),
  };
  return made;
}

const seen = () => repository.unitsOf("customization/slow", ["sender"])[0];
const untilSeen = (what: string, is: (counters: Record<string, number>, lifeOnHost: string) => boolean) =>
  until(what, () => {
    const unit = seen();
    return unit?.state === "ready" && is(unit.counters ?? {}, unit.life ?? "");
  });

if (isRootOfMachine()) {
  test("a customization that is installed inactive is attached and changes nothing, and does its work once it is activated", async () => {
    repository.commit("Have it ready", { "slow.yaml": slow("{delay: 100}", { active: false }) });
    await untilSeen("it is installed", ({ flows }) => flows === 0);
    assert.is(await download("h1").done, digest);
    await untilSeen("what it would do is counted", ({ module_delayed = 0 }) => module_delayed > 0);
    repository.commit("Activate it", { "slow.yaml": slow("{delay: 100}") });
    await until("it is active", () => seen()?.life === "active");
    const beginsMs = performance.now();
    assert.is(await download("h1").done, digest);
    const tookMs = performance.now() - beginsMs;
    await untilSeen("delays are counted", ({ module_delayed = 0 }) => module_delayed > 5);
    assert.ok(tookMs > 500, `${tookMs} ms`);
  });

  test("a customization that is deprecated keeps the download that it has, and gets no other", async () => {
    const config = "{rate: 200000, burst: 1000}";
    repository.commit("Make it slower", { "slow.yaml": slow(config) });
    await until("it is active", () => seen()?.life === "active");
    const first = download("h1");
    await untilSeen("it has the download", ({ flows }) => flows === 1);
    repository.commit("Deprecate it", { "slow.yaml": slow(config, { deprecated: true }) });
    await until("it is deprecated", () => seen()?.life === "deprecated");
    assert.not(first.isDone);
    assert.is(await download("h2").done, digest);
    assert.not(first.isDone, "the first download is held back still");
    assert.is(await first.done, digest);
    await untilSeen("it has nothing left", ({ flows }) => flows === 0);
    repository.commit("Remove it", { "slow.yaml": undefined });
    await until("it is gone", () => seen() === undefined);
    assert.is(await download("h1").done, digest);
  });
} else {
  test("an ordinary user's lab says why streams are not customized, and leaves them alone", async () => {
    repository.commit("Try it", { "slow.yaml": slow("{delay: 100}") });
    const problem = await until("it says so", () => seen()?.problem?.message);
    assert.match(problem, /BPF.*EPERM|EPERM.*BPF/is);
    assert.is(await download("h1").done, digest);
  });
}

test.run();

import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { standardModule } from "../../../modules/mod.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";
import { until } from "../sleep/until.ts";
import { flipModule } from "./modules.ts";
import { RunningEngine, type UnitOptions } from "./running-engine.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "netloom-web-"));
const content = randomBytes(8_000_000);
const few = content.subarray(0, 1_500_000);
const digest = createHash("sha256").update(content).digest("hex");
const ports = { nginx: 8001, tls: 8002, python: 8003 } as const;
const limits = { memoryBytes: 4 << 20, timeMs: 500 };

let engine: RunningEngine;
const servers: ChildProcess[] = [];
let fetched = 0;

const unit = (name: string, port: number, end: "local" | "remote"): UnitOptions => ({
  name,
  role: end === "local" ? "receiver" : "sender",
  tap: { protocol: "TCP", [end]: { port } },
  limits,
});

function shipped(name: string): Uint8Array {
  const module = standardModule(name);
  if (!module) throw new Error(`there is no module ${name}`);
  return module;
}

async function fetch(url: string, ...more: string[]): Promise<string> {
  fetched += 1;
  const got = join(folder, `got-${fetched}`);
  const { stdout } = await run("curl", [
    "-ksS",
    "--max-time",
    "30",
    ...more,
    url,
    "-o",
    got,
    "-w",
    "%{http_code}",
  ]);
  const { stdout: sum } = await run("sha256sum", [got]);
  rmSync(got);
  return `${stdout} ${sum.slice(0, 64)}`;
}

function nginxConfiguration(): string {
  return `daemon off; user root; worker_processes 1; error_log stderr; pid ${folder}/nginx.pid; events {}
    http { access_log off; root ${folder};
      server { listen [::]:${ports.nginx} ipv6only=off; }
      server { listen ${ports.tls} ssl; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; } }`;
}

test.before(async () => {
  if (!isRootOfMachine()) return;
  writeFileSync(join(folder, "content"), content);
  writeFileSync(join(folder, "few"), few);
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", join(folder, "key.pem")];
  const certificate = ["-out", join(folder, "cert.pem"), "-days", "2", "-subj", "/CN=localhost"];
  execFileSync("openssl", ["req", "-x509", ...key, ...certificate], { stdio: "ignore" });
  writeFileSync(join(folder, "nginx.conf"), nginxConfiguration());
  servers.push(spawn("nginx", ["-c", join(folder, "nginx.conf")], { stdio: "ignore" }));
  const python = ["-m", "http.server", "--directory", folder, `${ports.python}`];
  servers.push(spawn("python3", python, { stdio: "ignore" }));
  for (const port of Object.values(ports)) {
    const scheme = port === ports.tls ? "https" : "http";
    await until(`port ${port} answers`, () =>
      fetch(`${scheme}://127.0.0.1:${port}/content`).then(
        () => true,
        () => false,
      ),
    );
  }
});
test.after(() => {
  for (const server of servers) server.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

test.before.each(async () => {
  engine = await new RunningEngine().start();
});
test.after.each(() => engine.engine.stop());

if (isRootOfMachine()) {
  for (const [name, port] of Object.entries(ports)) {
    test(`curl fetches from ${name} through customizations at both ends, a server that runs already`, async () => {
      // A server that blocks while it reads is customized in what it sends alone (docs/layer45-ebpf.md).
      const isBlocking = name === "python";
      const on = await engine.install(
        flipModule(isBlocking ? "send" : undefined),
        unit("server", port, "local"),
      );
      await engine.install(flipModule(isBlocking ? "receive" : undefined), unit("client", port, "remote"));
      const url = `${name === "tls" ? "https" : "http"}://127.0.0.1:${port}/content`;
      for (let count = 0; count < 2; count += 1) assert.is(await fetch(url), `200 ${digest}`);
      // This server's one socket serves both versions of IP.
      if (name === "nginx") assert.is(await fetch(url.replace("127.0.0.1", "[::1]")), `200 ${digest}`);
      assert.ok((await engine.counter(on, "bytes_out_total")) > 2 * content.length);
      assert.equal(engine.complaints, []);
    });
  }

  test("a customization is deprecated in mid-download, and the download ends as it began (layer-4.5 §5.3.3)", async () => {
    const url = `http://127.0.0.1:${ports.nginx}/content`;
    const server = await engine.install(flipModule(), unit("server", ports.nginx, "local"));
    const client = await engine.install(flipModule(), unit("client", ports.nginx, "remote"));
    const download = fetch(url, "--limit-rate", "4M");
    await engine.untilCounter(client, "bytes_in_total", (bytes) => bytes > content.length / 8);
    for (const id of [server, client]) await engine.engine.setState(id, "deprecated");
    assert.is(await fetch(`http://127.0.0.1:${ports.nginx}/nothing`).then((text) => text.slice(0, 3)), "404");
    assert.is(await download, `200 ${digest}`);
    for (const id of [server, client]) {
      await until(`${id} is idle`, async () => (await engine.fresh(id)).idle === true);
    }
  });

  test("a delay of 1000 ms becomes one of 100 ms in mid-download (layer-4.5 §5.3.4)", async () => {
    const delay = (name: string, ms: number, priority: number) =>
      engine.install(shipped("rate-limit"), {
        ...unit(name, ports.nginx, "local"),
        role: "sender",
        priority,
        config: { delay: ms },
      });
    const slow = await delay("slow", 1_000, 20);
    const download = fetch(`http://127.0.0.1:${ports.nginx}/few`);
    await engine.untilCounter(slow, "messages_out_total", (messages) => messages > 0);
    const fast = await delay("fast", 100, 10);
    await engine.engine.setState(slow, "deprecated");
    assert.is(await download, `200 ${createHash("sha256").update(few).digest("hex")}`);
    assert.ok((await engine.counter(fast, "messages_out_total")) > 0);
    assert.equal(engine.complaints, []);
  });

  test("tags and a dialect of TLS are put in by one end and taken out by the other, with curl and nginx", async () => {
    for (const name of ["stream-tag", "tls-dialect"]) {
      const install = (end: "local" | "remote", role: "sender" | "receiver") =>
        engine.install(shipped(name), {
          ...unit(`${name}-${end}`, ports.tls, end),
          role,
          config: { replies: true },
        });
      const ends = [await install("local", "receiver"), await install("remote", "sender")];
      assert.is(await fetch(`https://127.0.0.1:${ports.tls}/content`), `200 ${digest}`);
      await until(`${name} took part at both ends`, async () => {
        const taken = await Promise.all(ends.map((id) => engine.counter(id, "customized_total")));
        return taken.every((messages) => messages > 0);
      });
      for (const id of ends) await engine.engine.revoke(id);
    }
    assert.equal(engine.complaints, []);
  });

  test("a download that is broken off leaves nothing behind", async () => {
    const id = await engine.install(flipModule(), unit("client", ports.tls, "remote"));
    await engine.install(flipModule(), unit("server", ports.tls, "local"));
    const words = ["1", "curl", "-ksS", "--limit-rate", "1M", `https://127.0.0.1:${ports.tls}/content`];
    await run("timeout", [...words, "-o", "/dev/null"]).catch(() => undefined);
    await engine.untilCounter(id, "flows", (flows) => flows === 0);
    assert.equal(engine.complaints, []);
  });
} else {
  test("who is not root of the machine is told why downloads are not customized", async () => {
    const id = await engine.install(flipModule(), unit("client", ports.nginx, "remote"));
    assert.is(engine.seen(id)?.problem?.code, "layer45.no-transport");
  });
}

test.run();

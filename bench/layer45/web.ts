import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { standardModule } from "../../modules/mod.ts";
import { RunningEngine, type UnitOptions } from "../../test/daemon/layer45/running-engine.ts";
import { until } from "../../test/daemon/sleep/until.ts";
import { isAsked } from "../asked.ts";
import { compileC } from "../compile-c.ts";
import { print } from "../figure.ts";

const namespace = "layer45-client";
const serverAddress = "10.45.0.1";
const ports = {
  http: { untouched: 8_101, customized: 8_102, relayed: 8_105 },
  https: { untouched: 8_103, customized: 8_104, relayed: 8_106 },
};
type Scheme = keyof typeof ports;
type Way = keyof typeof ports.http;
/** What fills a gigabit a second for 20 s; and without a limit, something that is soon there. */
const contentBytes = { gigabit: 2_500_000_000, unshaped: 400_000_000 } as const;
const rounds = { gigabit: 1, unshaped: 2 } as const;
const rate = ["root", "tbf", "rate", "1gbit", "burst", "256k", "latency", "50ms"];

/**
 * Seconds that curl takes for a file from nginx on another host, with tags put into the stream by one host and taken out by the other;
 * without a limit also beside a relay in C, through which the same file comes untouched.
 */
export async function measureWeb(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "netloom-web-"));
  const servers = [start(folder), ...startRelays(folder)];
  const engine = await new RunningEngine().start();
  const module = standardModule("stream-tag");
  if (!module) throw new Error("there is no module stream-tag");
  const clientUnits = unitsFor("remote");
  const client = new Worker(new URL("./client-engine.js", import.meta.url), {
    workerData: { namespace: `/run/netns/${namespace}`, module, units: clientUnits },
  });
  try {
    await once(client, "message");
    for (const unit of unitsFor("local")) await engine.install(module, unit);
    await until("nginx answers", async () => fetchSeconds("http", "untouched", "small") > 0);
    for (const link of ["gigabit", "unshaped"] as const) {
      shape(link);
      for (const scheme of ["http", "https"] as const) {
        const name = `layer45.${scheme}.${link}`;
        if (isAsked(name)) compare(name, folder, scheme, link);
      }
    }
    for (const { name } of clientUnits) {
      const customized = await engine.counter(`Customization/default/${name}/sender`, "customized_total");
      if (isAsked(`layer45.${name}`) && !(customized > 0))
        throw new Error(`nothing of ${name} was customized`);
    }
  } finally {
    client.postMessage("stop");
    await once(client, "message");
    await engine.engine.stop();
    for (const server of servers) server.kill();
    rmSync(folder, { recursive: true });
  }
}

/** Whatever else the machine does only ever slows it down, so of several rounds the best counts. */
function compare(bench: string, folder: string, scheme: Scheme, link: keyof typeof contentBytes): void {
  writeFileSync(join(folder, "content"), "");
  truncateSync(join(folder, "content"), contentBytes[link]);
  const ways: Way[] =
    link === "unshaped" ? ["untouched", "customized", "relayed"] : ["untouched", "customized"];
  const best = new Map<Way, number>();
  for (let round = 0; round < rounds[link]; round += 1) {
    for (const way of ways) {
      best.set(
        way,
        Math.min(best.get(way) ?? Number.POSITIVE_INFINITY, fetchSeconds(scheme, way, "content")),
      );
    }
  }
  const [value, untouched, relayed] = [best.get("customized"), best.get("untouched"), best.get("relayed")];
  if (value === undefined || untouched === undefined) throw new Error(`nothing was measured for ${bench}`);
  print({ bench, value, unit: "s", baseline: untouched });
  if (relayed !== undefined) print({ bench: `${bench}.splice`, value, unit: "s", baseline: relayed });
}

function fetchSeconds(scheme: Scheme, way: Way, file: string): number {
  const url = `${scheme}://${serverAddress}:${ports[scheme][way]}/${file}`;
  const words = [
    "netns",
    "exec",
    namespace,
    "curl",
    "-ksS",
    url,
    "-o",
    "/dev/null",
    "-w",
    "%{time_total} %{http_code}",
  ];
  const [seconds, code] = execFileSync("ip", words, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).split(" ");
  if (code !== "200") throw new Error(`${url} answered ${code}`);
  return Number(seconds);
}

function unitsFor(end: "local" | "remote"): UnitOptions[] {
  return Object.entries(ports).map(([scheme, { customized: port }]) => ({
    name: scheme,
    role: end === "local" ? "sender" : "receiver",
    tap: { protocol: "TCP", [end]: { port } },
    config: { every: 16_384 },
    limits: { memoryBytes: 8 << 20, timeMs: 1_000 },
  }));
}

/** nginx here, and a host to fetch from it. */
function start(folder: string): ChildProcess {
  const ip = (...words: string[]): void => void execFileSync("ip", words);
  ip("netns", "add", namespace);
  ip("link", "add", "web0", "type", "veth", "peer", "name", "web1", "netns", namespace);
  ip("address", "add", `${serverAddress}/24`, "dev", "web0");
  ip("link", "set", "web0", "up");
  ip("-n", namespace, "address", "add", "10.45.0.2/24", "dev", "web1");
  for (const device of ["lo", "web1"]) ip("-n", namespace, "link", "set", device, "up");
  const key = [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    join(folder, "key.pem"),
    "-out",
    join(folder, "cert.pem"),
  ];
  execFileSync("openssl", ["req", "-x509", ...key, "-days", "2", "-subj", "/CN=bench"], { stdio: "ignore" });
  writeFileSync(join(folder, "small"), "small");
  const { http, https } = ports;
  const tls = `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`;
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; user root; worker_processes 1; error_log stderr; pid ${folder}/nginx.pid; events {}
    http { access_log off; sendfile on; root ${folder};
      server { listen ${http.untouched}; listen ${http.customized}; }
      server { listen ${https.untouched} ssl; listen ${https.customized} ssl; ${tls} } }`,
  );
  return spawn("nginx", ["-c", join(folder, "nginx.conf")], { stdio: "ignore" });
}

function startRelays(folder: string): ChildProcess[] {
  const program = compileC(folder, "tcp-splice");
  return Object.values(ports).map(({ relayed, untouched }) =>
    spawn(program, [`${relayed}`, `${untouched}`], { stdio: "inherit" }),
  );
}

function shape(link: "gigabit" | "unshaped"): void {
  for (const [device, where] of [
    ["web0", []],
    ["web1", ["-n", namespace]],
  ] as const) {
    const words = link === "gigabit" ? ["add", "dev", device, ...rate] : ["del", "dev", device, "root"];
    execFileSync("tc", [...where, "qdisc", ...words]);
  }
}

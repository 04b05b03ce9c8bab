import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeCapture } from "../../../cli/module/write-capture.ts";
import { tcp } from "../../modules/packets.ts";

const main = resolve(import.meta.dirname, "../../../cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "module-"));
const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };

const netloom = (...options: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [main, "module", ...options], { cwd: folder, encoding: "utf8" });

test.after(() => rmSync(folder, { recursive: true }));

for (const [language, ending] of [
  ["assemblyscript", "ts"],
  ["c", "c"],
] as const)
  test(`a new stream rule in ${language} answers a greeting, and hands everything else over`, () => {
    const name = `greet-${language}`;
    assert.is(netloom("new", name, "--lang", language, "--kind", "stream-rule").status, 0);
    const built = netloom("build", `${name}.${ending}`);
    assert.is(built.status, 0, built.stderr);
    writeFileSync(join(folder, "greeting.txt"), "hello\n");
    const tried = netloom("test", `${name}.wasm`, "greeting.txt");
    assert.is(tried.status, 0, tried.stderr);
    const lines = tried.stdout.split("\n").map((line) => line.trim().split(/ {3,}/));
    assert.equal(lines[0], ["TIME", "CONNECTION", "CALL", "ACTION"]);
    assert.equal(lines[2], ["0.000 s", "1", "stream_data, 6 bytes", 'send, 7 bytes: "asleep\\n"']);
    assert.is(tried.stdout.split("\n").at(-2), "4 calls: 1 actions, 0 calls failed.");
  });

test("a stream rule hears the connections of a capture, and nothing twice", () => {
  const client = (flags: number, sequence: number, data = "") =>
    tcp(v4, { ports: [40_000, 80], flags, sequence, data: Buffer.from(data) });
  const back = tcp({ source: "10.0.0.5", destination: "10.0.0.9" }, { ports: [80, 40_000], flags: 0x12 });
  const packets = [
    ...[
      client(2, 99),
      back,
      client(0x10, 100),
      client(0x18, 100, "GET /healthz HT"),
      client(0x18, 100, "GET /healthz HT"),
    ],
    ...[client(0x18, 111, "z HTTP/1.1\r\n\r\n"), client(0x11, 125)],
  ];
  const timed = packets.map((bytes, index) => ({ timeMs: 1_700_000_000_000 + index * 100, bytes }));
  writeFileSync(join(folder, "http.pcap"), writeCapture(timed, false));
  const config = '{"paths":[{"path":"/healthz","body":"ok"}]}';
  const tried = netloom("test", "http-health", "http.pcap", "-o", "json", "--config", config);
  assert.is(tried.status, 0, tried.stderr);
  const steps = JSON.parse(tried.stdout) as {
    call: string;
    bytes: number;
    actions: { kind: string; bytes?: string }[];
  }[];
  assert.equal(
    steps.map(({ call, bytes, actions }) => [call, bytes, ...actions.map(({ kind }) => kind)].join(" ")),
    ["stream_open 0", "stream_data 15", "stream_data 10 send send send", "stream_end 0", "stream_close 0"],
  );
  const said = steps[2]?.actions.map(({ bytes = "" }) => Buffer.from(bytes, "hex").toString()).join("");
  assert.match(said ?? "", /^HTTP\/1.1 200 .*ok$/s);
});

test.run();

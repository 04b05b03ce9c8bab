import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeCapture } from "../../../cli/module/write-capture.ts";
import { tcp, udp } from "../../modules/packets.ts";
import { customizationText, wasmData, wat, words } from "../../modules/wat.ts";

const main = resolve(import.meta.dirname, "../../../cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "module-"));
const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };

const netloom = (...options: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [main, "module", ...options], { cwd: folder, encoding: "utf8" });

test.after(() => rmSync(folder, { recursive: true }));

const capture = join(folder, "capture.pcap");

test.before(() => {
  const packets = [
    udp(v4, [40_000, 5100], "hello"),
    tcp(v4, { ports: [40_000, 22], flags: 2 }),
    udp(v4, [40_000, 5101], "again"),
  ];
  const timed = packets.map((bytes, index) => ({ timeMs: 1_700_000_000_000 + index * 1500, bytes }));
  writeFileSync(capture, writeCapture(timed, false));
});

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), wat(text));
  return name;
}

for (const [language, ending] of [
  ["assemblyscript", "ts"],
  ["c", "c"],
] as const)
  test(`a new customization in ${language} tags datagrams, and takes its tags away`, () => {
    const name = `tag-${language}`;
    assert.is(netloom("new", name, "--lang", language, "--kind", "customization").status, 0);
    const built = netloom("build", `${name}.${ending}`);
    assert.is(built.status, 0, built.stderr);
    const tried = netloom("test", `${name}.wasm`, capture, "--write", "tagged.pcap");
    assert.is(tried.status, 0, tried.stdout + tried.stderr);
    const lines = tried.stdout.split("\n").map((line) => line.trim().split(/ {3,}/));
    assert.equal(lines.slice(0, 4), [
      ["#", "TIME", "MESSAGE", "SENT", "RECEIVED"],
      [
        "1",
        "0.000 s",
        "UDP 10.0.0.9:40000 > 10.0.0.5:5100, 33 bytes",
        ...["customized, 37 bytes", "customized, 5 bytes"],
      ],
      [
        "3",
        "3.000 s",
        "UDP 10.0.0.9:40000 > 10.0.0.5:5101, 33 bytes",
        ...["customized, 37 bytes", "customized, 5 bytes"],
      ],
      ["2 messages: 2 customized, 0 come out otherwise than they went in, 0 calls failed."],
    ]);
    const seen = execFileSync(
      "tshark",
      [
        "-r",
        join(folder, "tagged.pcap"),
        "-o",
        "udp.check_checksum:TRUE",
        "-T",
        "fields",
        "-e",
        "udp.length",
        "-e",
        "udp.checksum.status",
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    assert.is(seen, "45\t1\n45\t1\n");
  });

test("a file goes through both ends of a stream's customization, or through one", () => {
  const text = "0123456789".repeat(500);
  writeFileSync(join(folder, "page.txt"), text);
  const config = '{"every":1000}';
  const both = netloom(
    "test",
    "stream-tag",
    "page.txt",
    "--config",
    config,
    "--write",
    "wire",
    "--chunk",
    "2000",
  );
  assert.is(both.status, 0, both.stdout + both.stderr);
  const lines = both.stdout.split("\n").map((line) => line.trim().split(/ {3,}/));
  assert.equal(lines[1], [
    "1",
    "0.000 s",
    "bytes 0 to 1999",
    "customized, 2064 bytes",
    "customized, 2000 bytes",
  ]);
  assert.equal(lines.slice(4, 7), [
    ["3 messages: 3 customized, 0 come out otherwise than they went in, 0 calls failed."],
    ["sender: frames_out 5, frames_in 0"],
    ["receiver: frames_out 0, frames_in 5"],
  ]);
  const one = netloom("test", "stream-tag", "wire", "--role", "receiver", "--chunk", "700", "-o", "json");
  assert.is(one.status, 0, one.stderr);
  const { messages } = JSON.parse(one.stdout) as { messages: { received: { bytes: string }[] }[] };
  const got = messages.flatMap(({ received }) =>
    received.map(({ bytes }) => Buffer.from(bytes, "hex").toString()),
  );
  assert.is(got.join(""), text);
});

test("a customization that fails, or changes what goes through it, is at fault", () => {
  const faulty = {
    "trapped in cust_send: unreachable": customizationText({ send: "(unreachable)" }),
    "not returned from cust_send after 50 ms": customizationText({ send: "(loop $l (br $l)) (i32.const 0)" }),
    "not what was sent": customizationText({
      send: "(i32.const 64)",
      more: wasmData(64, words(1, 0, 0, 1, 64, 3)),
    }),
  };
  for (const [reason, text] of Object.entries(faulty)) {
    const tried = netloom("test", write("faulty.wasm", text), capture, "--time", "50");
    assert.is(tried.status, 1, reason);
    assert.ok((tried.stdout + tried.stderr).includes(reason), `${reason}: ${tried.stdout}${tried.stderr}`);
  }
});

test.run();

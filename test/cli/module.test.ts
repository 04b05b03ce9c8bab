import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeCapture } from "../../cli/module/write-capture.ts";
import { tcp, udp } from "../modules/packets.ts";
import { ruleText, wat } from "../modules/wat.ts";

const main = resolve(import.meta.dirname, "../../cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "module-"));
const capture = join(folder, "capture.pcap");
const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };

const netloom = (...options: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [main, "module", ...options], { cwd: folder, encoding: "utf8" });

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), wat(text));
  return name;
}

test.before(() => {
  const packets = [
    udp(v4, [40_000, 5100], "hello"),
    tcp(v4, { ports: [40_000, 22], flags: 2 }),
    udp(v4, [40_000, 5101], "again"),
  ];
  const timed = packets.map((bytes, index) => ({ timeMs: 1_700_000_000_000 + index * 1500, bytes }));
  writeFileSync(capture, writeCapture(timed, false));
});

test.after(() => rmSync(folder, { recursive: true }));

for (const [language, ending] of [
  ["assemblyscript", "ts"],
  ["c", "c"],
] as const)
  test(`a new rule in ${language} builds, and echoes what comes`, () => {
    const name = `echo-${language}`;
    assert.match(netloom("new", name, "--lang", language).stdout, `netloom module build ${name}.${ending}`);
    const built = netloom("build", `${name}.${ending}`);
    assert.is(built.status, 0, built.stderr);
    assert.match(built.stdout, new RegExp(`^Wrote ${name}.wasm: \\d+ bytes`));
    const tried = netloom("test", `${name}.wasm`, capture);
    assert.is(tried.status, 0, tried.stderr);
    assert.equal(tried.stdout.split("\n"), [
      "#   TIME      PACKET                                            REACTION",
      "1   0.000 s   UDP 10.0.0.9:40000 > 10.0.0.5:5100, 33 bytes      respond: UDP 10.0.0.5:5100 > 10.0.0.9:40000, 33 bytes",
      "2   1.500 s   TCP 10.0.0.9:40000 > 10.0.0.5:22, SYN, 40 bytes   ignore",
      "3   3.000 s   UDP 10.0.0.9:40000 > 10.0.0.5:5101, 33 bytes      respond: UDP 10.0.0.5:5101 > 10.0.0.9:40000, 33 bytes",
      "3 calls: 2 packets answered, 0 times woken, 0 calls failed.",
      "",
    ]);
  });

test("a rule is not written over another file, and a name that is none is refused", () => {
  writeFileSync(join(folder, "mine.ts"), "// precious");
  const again = netloom("new", "mine");
  assert.is(again.status, 2);
  assert.match(again.stderr, "Cannot write mine.ts: it is there already");
  assert.is(netloom("new", "../mine").status, 2);
});

test("what is wrong with a source is told, and nothing is written", () => {
  writeFileSync(
    join(folder, "wrong.ts"),
    "export function process_packet(message: usize): usize { return mesage; }",
  );
  const wrong = netloom("build", "wrong.ts");
  assert.is(wrong.status, 1);
  assert.match(wrong.stderr, "Cannot find name 'mesage'");
  writeFileSync(join(folder, "lacking.ts"), 'export { allocate, deallocate } from "netloom";');
  const lacking = netloom("build", "lacking.ts");
  assert.is(lacking.status, 1);
  assert.match(lacking.stderr, 'it exports no "process_packet"');
  assert.not(existsSync(join(folder, "lacking.wasm")));
  assert.is(netloom("build", "rule.py").status, 1);
});

test("reactions are printed as JSON, and answers written to a capture", () => {
  const answers = join(folder, "answers.pcap");
  const tried = netloom("test", "wake-on-tcp-syn", capture, "-o", "json", "--config", '{"ports":[22]}');
  assert.is(tried.status, 0, tried.stderr);
  const steps = JSON.parse(tried.stdout) as {
    number: number;
    timeMs: number;
    reactions: { kind: string }[];
  }[];
  assert.equal(
    steps.map(({ number, timeMs, reactions }) => [number, timeMs, reactions.map(({ kind }) => kind)]),
    [
      [1, 0, []],
      [2, 1500, ["wake"]],
      [3, 3000, []],
    ],
  );
  assert.is(netloom("test", "udp-echo", capture, "--write", answers).status, 0);
  const seen = execFileSync("tshark", ["-r", answers, "-T", "fields", "-e", "udp.dstport"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.is(seen, "40000\n40000\n");
});

test("the timer runs by the capture's clock, and the waking comes last", () => {
  const rule = ruleText({
    more: `(func (export "on_timer") (result i32) (i32.const 64)) (func (export "on_wakeup") (result i32) (i32.const 65))
      (data (i32.const 64) "\\01\\02\\02\\00\\00\\00hi")`,
  });
  const tried = netloom(
    "test",
    write("timer.wasm", rule),
    capture,
    "--interval",
    "1",
    "--wakeup",
    "-o",
    "json",
  );
  const steps = JSON.parse(tried.stdout) as { call: string; timeMs: number }[];
  assert.equal(
    steps.map(({ call, timeMs }) => `${call} ${timeMs}`),
    [
      "process_packet 0",
      "on_timer 1000",
      "process_packet 1500",
      "on_timer 2000",
      "on_timer 3000",
      "process_packet 3000",
      "on_wakeup 3000",
    ],
  );
});

test("a module that traps, loops, asks for memory or refuses its configuration is at fault", () => {
  const faulty = {
    trapped: ruleText({ process: "(unreachable)" }),
    "not returned from process_packet after 50 ms": ruleText({ process: "(loop $l (br $l)) (i32.const 0)" }),
    "not returned from its start after 50 ms": ruleText({
      more: '(func (export "initialize") (loop $l (br $l)))',
    }),
    "starts with 6553600 bytes": ruleText({ memory: "100" }),
    '"ports" should be a list': "wake-on-tcp-syn",
  };
  for (const [reason, text] of Object.entries(faulty)) {
    const module = text.startsWith("(") ? write("faulty.wasm", text) : text;
    const tried = netloom("test", module, capture, "--time", "50", "--config", '{"ports":7}');
    assert.is(tried.status, 1, reason);
    assert.ok((tried.stdout + tried.stderr).includes(reason), `${reason}: ${tried.stdout}${tried.stderr}`);
  }
});

test("files that cannot be used are told from a module at fault", () => {
  const cases: [string, ...string[]][] = [
    ["no such file", "udp-echo", "missing.pcap"],
    ["as a capture", "udp-echo", "mine.ts"],
    ["--config is", "udp-echo", capture, "--config", "{"],
    ["--interval is", "udp-echo", capture, "--interval", "0"],
  ];
  for (const [reason, ...options] of cases) {
    const tried = netloom("test", ...options);
    assert.is(tried.status, 2, `${reason}: ${tried.stdout}${tried.stderr}`);
    assert.match(tried.stderr, reason);
  }
});

test("a capture of a real ping is answered as the kernel answered it", async () => {
  const file = join(folder, "ping.pcap");
  // Two requests and two replies; then it ends by itself, with all of them written.
  const options = ["-i", "lo", "-c", "4", "-F", "pcap", "-w", file, "-f", "icmp"];
  const tshark = spawn("tshark", options, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(tshark, "exit");
  let said = "";
  await new Promise<void>((done, failed) => {
    tshark.once("close", () => failed(new Error(`tshark ended: ${said}`)));
    tshark.stderr.on("data", (text) => {
      said += text;
      if (said.includes("Capture started")) done();
    });
  });
  execFileSync("ping", ["-c", "2", "-i", "0.01", "127.0.0.1"]);
  await ended;
  const tried = netloom("test", "icmp-echo", file, "-o", "json");
  const steps = JSON.parse(tried.stdout) as { summary: string; reactions: { summary: string }[] }[];
  const requests = steps.filter(({ summary }) => summary.includes("type 8"));
  const replies = steps.filter(({ summary }) => summary.includes("type 0"));
  assert.ok(requests.length > 0);
  assert.equal(
    requests.map(({ reactions }) => reactions[0]?.summary),
    replies.map(({ summary }) => summary),
  );
  assert.ok(replies.every(({ reactions }) => reactions.length === 0));
});

test.run();

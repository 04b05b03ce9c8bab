import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Build, buildC } from "../../modules/mod.ts";
import { dissect } from "./dissect.ts";
import { frame, icmp, ipv4, ipv6, tcp, udp } from "./packets.ts";
import { onlyAnswer, runModule, runRule } from "./run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };
const echo = fileURLToPath(new URL("../../../modules/rules/icmp-echo.c", import.meta.url));

async function built(build: Promise<Build>): Promise<Uint8Array> {
  const result = await build;
  if (result.kind === "failed") throw new Error(result.problem.message);
  return result.wasm;
}

async function buildText(text: string): Promise<Build> {
  const folder = mkdtempSync(join(tmpdir(), "rule-"));
  try {
    writeFileSync(join(folder, "rule.c"), text);
    return await buildC(join(folder, "rule.c"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a rule in C answers ping as the one in AssemblyScript does", async () => {
  const wasm = await built(buildC(echo));
  const ping = Buffer.from([0, 1, 0, 2, 3]);
  const packets = [
    icmp(v4, [8, 0], ping),
    icmp(v6, [128, 0], ping),
    icmp(v4, [0, 0], ping),
    icmp({ ...v4, destination: "224.0.0.1" }, [8, 0], ping),
    ipv4(v4, 1, icmp(v4, [8, 0], ping).subarray(20), { fragment: 0x2000 }),
    ipv6(v6, 0, Buffer.from("3a00000000000000" + "8000000000010002", "hex")),
    udp(v4, [1, 2], "x"),
    tcp(v6, { ports: [1, 2], flags: 2 }),
  ];
  for (const raw of [false, true]) {
    const [inC, inAssemblyScript] = [runModule(wasm, { raw }), runRule("icmp-echo", { raw })];
    for (const packet of packets.map((one) => (raw ? frame(one) : one)))
      assert.equal(inC.packet(packet), inAssemblyScript.packet(packet), packet.toString("hex"));
  }
  const answers = packets.slice(0, 2).map((packet) => onlyAnswer(runModule(wasm).packet(packet)));
  assert.equal(dissect(answers, ["icmp.checksum.status", "icmpv6.checksum.status"]), [
    ["1", ""],
    ["", "1"],
  ]);
});

test("both SDKs make the same of arbitrary packets", async () => {
  const [inC, inAssemblyScript] = [runModule(await built(buildC(echo))), runRule("icmp-echo")];
  const sample = fc.constantFrom(icmp(v4, [8, 0], Buffer.alloc(9)), icmp(v6, [128, 0], Buffer.alloc(9)));
  const changes = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(sample, changes, fc.nat(60), (sound, changed, length) => {
      const packet = Buffer.from(sound);
      for (const [at, value] of changed) if (at < packet.length) packet[at] = value;
      const cut = length < 10 ? packet.subarray(0, packet.length - length) : packet;
      assert.equal(inC.packet(cut), inAssemblyScript.packet(cut));
    }),
    { numRuns: 3000 },
  );
});

test("a rule in C has batches, delays, a clock and numbers from its configuration", async () => {
  const wasm = await built(
    buildText(`#include "netloom.h"
      NETLOOM_RULE_WITH_CONFIG
      static uint8_t room[256];
      static netloom_batch batch = {.room = room, .capacity = sizeof room};
      static int64_t delay;
      NETLOOM_EXPORT(configure) uint8_t *configure(const char *text, uint32_t length) {
        delay = netloom_config_integer(text, length, "delay", 5);
        return 0;
      }
      NETLOOM_EXPORT(process_packet) uint8_t *process_packet(uint8_t *message) {
        netloom_batch_add(&batch, message + 4, netloom_host32(message));
        return netloom_respond_later(message, (uint32_t)(delay + (int64_t)netloom_now_ms()));
      }
      NETLOOM_EXPORT(on_wakeup) uint8_t *on_wakeup(void) { return netloom_respond_batch(&batch); }`),
  );
  const config = { other: { delay: 1 }, "de\\lay": 2, delays: 3, delay: 70 };
  const rule = runModule(wasm, { config, nowMs: () => 8 });
  assert.equal(rule.packet(Buffer.from("a")), [{ packet: Buffer.from("a"), delayMs: 78 }]);
  rule.packet(Buffer.from("bc"));
  rule.packet(Buffer.alloc(250));
  assert.equal(rule.wakeup(), [
    { packet: Buffer.from("a"), delayMs: 0 },
    { packet: Buffer.from("bc"), delayMs: 0 },
  ]);
  assert.equal(runModule(wasm, { config: { delay: "70" } }).packet(Buffer.from("a")), [
    { packet: Buffer.from("a"), delayMs: 5 },
  ]);
});

test("a wasm-opt that is in PATH, as npm puts it there, has no part in the build", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rule-"));
  const path = process.env.PATH;
  try {
    writeFileSync(join(folder, "wasm-opt"), "#!/bin/sh\necho it was run >&2\nexit 1\n", { mode: 0o755 });
    process.env.PATH = `${folder}:${path}`;
    await built(buildC(echo));
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
});

test("what the compiler has to say about a faulty source is in the problem", async () => {
  const result = await buildText("int broken(");
  assert.is(result.kind === "failed" && result.problem.code, "module.build-failed");
  assert.match((result.kind === "failed" && result.problem.message) || "", /rule\.c:1:12: error/);
});

test.run();

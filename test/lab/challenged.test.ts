import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { InverseReply } from "../../bus/mod.ts";
import type { ChallengeReply, FleetEvent } from "../../controller/mod.ts";
import { customizationText, wat } from "../modules/wat.ts";
import { run, Started } from "./started.ts";
import { until } from "./until.ts";

const example = fileURLToPath(new URL("../../../examples/dns-dialect", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "netloom-challenged-"));
const path = join(folder, "dialect.yaml");

test.after(() => {
  Started.killAll();
  rmSync(folder, { recursive: true });
});
test.after.each(async () => {
  if (run("lab", "list").stdout !== "") run("lab", "down");
});

/** It has the functions of a module that is challenged, and no use for its key. */
const changeling = wat(
  customizationText({
    more: `(func (export "sec_initialize") (param i32))
      (func (export "sec_respond") (param $block i32) (result i32) (local.get $block))`,
  }),
);

/** The example with challenges, and a middlebox beside the resolver; no rotation, so that one customization is all there is. */
function writeRepository(module: string): void {
  const [customization = ""] = readFileSync(join(example, "dialect.yaml"), "utf8").split(/^---$/m);
  const wanted = "module: {standard: dns-tag-front, config: {tag: Xdig}}";
  assert.ok(customization.includes(wanted));
  const inverse = "{middlebox: wireshark, hosts: {matchNames: [resolver]}, standard: dns-tag-front}";
  const more = `  security: {challenge: 300ms}\n  inverse:\n    - ${inverse}\n`;
  writeFileSync(path, `${customization.replace(wanted, `module: ${module}`).trimEnd()}\n${more}`);
}

const reply = (): ChallengeReply =>
  JSON.parse(run("challenge", "dns-tag", "-o", "json").stdout) as ChallengeReply;
const dig = (): string =>
  run("lab", "exec", "client", "--", "dig", "+short", "@10.10.0.3", "www.test.com").stdout;

test("modules on live flows are challenged, read by tshark and for whoever asks, and taken off when they are not what they were", async () => {
  cpSync(example, folder, { recursive: true });
  rmSync(join(folder, "checks.yaml"), { force: true });
  writeFileSync(join(folder, "changeling.wasm"), changeling);
  writeRepository("{standard: dns-tag-front, config: {tag: Xdig}}");
  const lab = new Started(["lab", folder]);
  await lab.says("  converged");
  await until("both ends have answered twice", () => {
    const ends = reply().units.filter(({ challenge }) => (challenge?.passed ?? 0) >= 2);
    return ends.length === 2;
  });
  assert.is(dig(), "10.10.0.3\n");

  const plugin = "/run/netloom/hosts/*/plugins/wireshark/netloom-default.dns-tag.inverse-wireshark-0.lua";
  const fields = "-T fields -e netloom_dns_front.tag -e dns.qry.name";
  const tshark = `exec tshark -X lua_script:$(echo ${plugin}) -i eth0 -l -f "udp dst port 53" -c 1 ${fields}`;
  const seen = new Started(["lab", "exec", "resolver", "--", "sh", "-c", tshark]);
  await seen.says("Capturing on");
  await until("a query is seen", () => {
    dig();
    return /www\.test\.com/.test(seen.output);
  });
  assert.match(seen.output, "Xdig\twww.test.com");

  const capture = join(folder, "query.pcap");
  const queries = ["--", "udp", "dst", "port", "53"];
  const capturing = new Started(["lab", "capture", "resolver", "-i", "eth0", "-w", capture, ...queries]);
  await capturing.says("Capture started");
  await until("a query is captured", () => {
    dig();
    return existsSync(capture) && readFileSync(capture).includes("Xdig");
  });
  capturing.process.kill("SIGINT");
  await capturing.exit;
  const asked = run("inverse", capture, "--host", "resolver", "-o", "json");
  assert.is(asked.code, 0, asked.stderr);
  const [first = ""] = asked.stdout.split("\n");
  const { customization, messages } = JSON.parse(first) as InverseReply & { kind: "plain" };
  assert.is(customization, "Customization/default/dns-tag");
  const [query = ""] = messages.map((text) => Buffer.from(text, "base64").toString("latin1"));
  assert.match(query, "\u0003www\u0004test\u0003com");
  assert.not.match(query, "Xdig");

  writeRepository("{wasm: changeling.wasm}");
  const failures = (): FleetEvent[] => {
    const { stdout } = run("events", "-o", "json");
    const { items } = JSON.parse(stdout) as { items: FleetEvent[] };
    return items.filter(({ reason }) => reason === "ChallengeFailed");
  };
  await until("both ends have failed", () => failures().length === 2);
  await until("both ends are gone", () => {
    const { units } = reply();
    return units.filter(({ state }) => state === "distrusted").length === 2;
  });
  assert.is(run("challenge", "dns-tag").code, 1);
  assert.is(dig(), "10.10.0.3\n", "what is said goes on, in plain");

  writeRepository("{standard: dns-tag-front, config: {tag: Xdig}}");
  await until("what is declared anew is trusted", () => {
    const ends = reply().units.filter(({ challenge }) => (challenge?.passed ?? 0) >= 1);
    return ends.length === 2;
  });
  assert.is(dig(), "10.10.0.3\n");
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { dissect } from "../dissect.ts";
import { frame, tcp, udp } from "../packets.ts";
import { onlyAnswer, runRule } from "../run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };
const fields = ["ip.dst", "ipv6.dst", "udp.srcport", "udp.dstport", "udp.checksum.status", "data.data"];

test("a datagram goes back to its sender, over IPv4 and IPv6", () => {
  const rule = runRule("udp-echo");
  const answers = [v4, v6].map((addresses) =>
    onlyAnswer(rule.packet(udp(addresses, [40_000, 5100], "hello"))),
  );
  const data = Buffer.from("hello").toString("hex");
  assert.equal(dissect(answers, fields), [
    ["10.0.0.9", "", "5100", "40000", "1", data],
    ["", "fd00::9", "5100", "40000", "1", data],
  ]);
});

test("in frames too, of every size", () => {
  const rule = runRule("udp-echo", { raw: true });
  const sizes = [0, 1, 18, 50, 500, 1000, 1472, 8000];
  const answers = sizes.map((size) =>
    onlyAnswer(rule.packet(frame(udp(v4, [40_000, 5100], Buffer.alloc(size, 1))))),
  );
  const found = dissect(answers, ["eth.dst", "udp.length", "udp.checksum.status"], "frame");
  assert.equal(
    found,
    sizes.map((size) => ["02:00:00:00:00:09", `${size + 8}`, "1"]),
  );
});

test("other protocols are left alone", () => {
  assert.equal(runRule("udp-echo").packet(tcp(v4, { ports: [1, 2], flags: 2 })), []);
});

test.run();

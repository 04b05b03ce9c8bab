import { test } from "uvu";
import * as assert from "uvu/assert";
import { tcp, tcpFlags, udp } from "../packets.ts";
import { type RunningRule, runRule } from "../run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const v6 = { source: "fd00::9", destination: "fd00::5" };

const open = (rule: RunningRule, port: number, addresses = v4): unknown[] =>
  rule.packet(tcp(addresses, { ports: [40_000, port], flags: tcpFlags.syn }));

test("a SYN to a listed port wakes the host, over IPv4 and IPv6", () => {
  const rule = runRule("wake-on-tcp-syn", { config: { ports: [22, 80, 65_535] } });
  assert.equal(open(rule, 22), ["wake"]);
  assert.equal(open(rule, 65_535), ["wake"]);
  assert.equal(open(rule, 80, v6), ["wake"]);
  assert.equal(open(rule, 23), []);
  assert.equal(open(rule, 81), []);
});

test("without a list every port wakes, and explicit congestion notification does not hide a SYN", () => {
  const rule = runRule("wake-on-tcp-syn");
  assert.equal(open(rule, 9), ["wake"]);
  assert.equal(rule.packet(tcp(v4, { ports: [1, 2], flags: tcpFlags.syn | 0xc0 })), ["wake"]);
});

test("only those who are allowed can wake the host", () => {
  const rule = runRule("wake-on-tcp-syn", { config: { ports: [22], allow: ["10.0.0.0/24"] } });
  assert.equal(open(rule, 22), ["wake"]);
  assert.equal(open(rule, 22, { ...v4, source: "10.0.1.9" }), []);
  assert.equal(open(rule, 22, v6), []);
});

test("other segments and other protocols do not wake it", () => {
  const rule = runRule("wake-on-tcp-syn");
  for (const flags of [
    tcpFlags.syn | tcpFlags.ack,
    tcpFlags.ack,
    tcpFlags.rst,
    tcpFlags.syn | tcpFlags.fin,
    0,
  ])
    assert.equal(rule.packet(tcp(v4, { ports: [1, 2], flags })), []);
  assert.equal(rule.packet(udp(v4, [1, 2], "x".repeat(30))), []);
  assert.equal(open(rule, 22, { ...v4, destination: "10.0.0.5", source: "224.0.0.1" }), []);
});

test("a configuration that makes no sense is refused with a reason", () => {
  for (const ports of [22, ["22"], [0], [65_536], [1.5], [1e21]])
    assert.throws(
      () => runRule("wake-on-tcp-syn", { config: { ports } }),
      /"ports" should be a list of ports/,
    );
});

test.run();

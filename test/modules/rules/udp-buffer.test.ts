import { test } from "uvu";
import * as assert from "uvu/assert";
import { frame, udp } from "../packets.ts";
import { runRule } from "../run-rule.ts";

const v4 = { source: "10.0.0.9", destination: "10.0.0.5" };
const datagram = (text: string, port = 5100): Buffer => udp(v4, [40_000, port], text);
const handedOver = (...texts: string[]) => texts.map((text) => ({ packet: datagram(text), delayMs: 0 }));

test("datagrams are kept, the last of the threshold wakes the host, and all are handed over in order", () => {
  const rule = runRule("udp-buffer", { config: { threshold: 3 } });
  assert.equal(
    ["a", "b", "c", "d"].map((text) => rule.packet(datagram(text))),
    [[], [], ["wake"], ["wake"]],
  );
  assert.equal(rule.wakeup(), handedOver("a", "b", "c", "d"));
});

test("what was handed over is not handed over again", () => {
  const rule = runRule("udp-buffer", { config: { threshold: 2 } });
  rule.packet(datagram("a"));
  assert.equal(rule.wakeup(), handedOver("a"));
  assert.equal(rule.wakeup(), []);
  assert.equal(rule.packet(datagram("b")), []);
  assert.equal(rule.wakeup(), handedOver("b"));
});

test("a host that wakes by itself gets what there is, and one for whom nothing came gets nothing", () => {
  const rule = runRule("udp-buffer");
  assert.equal(rule.wakeup(), []);
  rule.packet(datagram("early"));
  assert.equal(rule.wakeup(), handedOver("early"));
});

test("a full buffer wakes the host and stays within its bytes", () => {
  const rule = runRule("udp-buffer", { config: { threshold: 100, bytes: 70 } });
  assert.equal(rule.packet(datagram("12")), []);
  assert.equal(rule.packet(datagram("34")), []);
  assert.equal(rule.packet(datagram("56")), ["wake"]);
  assert.equal(rule.wakeup(), handedOver("12", "34"));
});

test("only what is asked for is kept", () => {
  const rule = runRule("udp-buffer", { config: { port: 5100, allow: ["10.0.0.9"] } });
  rule.packet(datagram("other port", 5101));
  rule.packet(udp({ ...v4, source: "10.0.0.8" }, [40_000, 5100], "other sender"));
  rule.packet(datagram("mine"));
  assert.equal(rule.wakeup(), handedOver("mine"));
});

test("frames are kept as frames", () => {
  const rule = runRule("udp-buffer", { raw: true });
  const whole = frame(datagram("a frame that needs no padding"));
  rule.packet(whole);
  assert.equal(rule.wakeup(), [{ packet: whole, delayMs: 0 }]);
});

test("a configuration that makes no sense is refused with a reason", () => {
  for (const [config, reason] of [
    [{ threshold: 0 }, /threshold/],
    [{ threshold: "8" }, /threshold/],
    [{ bytes: 1e9 }, /bytes/],
    [{ port: 65_536 }, /port/],
    [{ allow: {} }, /allow/],
  ] as const)
    assert.throws(() => runRule("udp-buffer", { config }), reason);
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { answeringRule } from "./answering-rule.ts";
import { ethernet, ipv4, mac, udp } from "./frames.ts";
import {
  counter,
  fallAsleep,
  hostMac,
  installRule,
  installSleeper,
  onLan,
  sendFrames,
  untilCounter,
} from "./lan.ts";

const lan = onLan(test);

const question = ipv4(udp(9000), { source: [10, 9, 0, 1], destination: [10, 9, 0, 5] });
const toProxy = ethernet(0x0800, question);
const to = (address: string): Uint8Array => {
  const frame = Uint8Array.from(toProxy);
  frame.set(mac(address));
  return frame;
};

test("rules see what comes to the proxy, to the sleeping host or to all; what is on its way elsewhere, or of a VLAN, passes by", async () => {
  await installSleeper(lan.engine);
  const program = answeringRule(7001);
  const rule = await installRule(lan.engine, { name: "rule", program, layer: "UDP", port: 9000 });
  await fallAsleep(lan.engine);
  const elsewhere = to("02:00:00:00:00:99");
  const ofVlan = ethernet(0x0800, question, [5]);
  // They come one after the other, so that with the last of them all have come.
  await sendFrames([elsewhere, ofVlan, toProxy, elsewhere, to(hostMac), ofVlan, to("ff:ff:ff:ff:ff:ff")]);
  await untilCounter(lan.engine, rule, "packets_total", (value) => value >= 3);
  await sendFrames([elsewhere, ofVlan, toProxy]);
  await untilCounter(lan.engine, rule, "packets_total", (value) => value >= 4);
  assert.is(counter(lan.engine, rule, "packets_total"), 4);
  assert.is(counter(lan.engine, rule, "answered_total"), 4);
});

test.run();

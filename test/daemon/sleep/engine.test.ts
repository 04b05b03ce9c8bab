import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  counter,
  fallAsleep,
  hostMac,
  installRule,
  installSleeper,
  onClient,
  onLan,
  proxyMac,
  untilCounter,
  wakeUp,
} from "./lan.ts";
import { until } from "./until.ts";

const lan = onLan(test);

const macOf = (address: string) =>
  onClient(`ip neigh show ${address} dev eth0`).match(/lladdr (\S+)/)?.[1] ?? "none";

test("ping of a sleeping host is answered, by IPv4 and IPv6, and by the host again once it wakes", async () => {
  const sleeper = await installSleeper(lan.engine);
  const rule = await installRule(lan.engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  onClient("ping -c 1 -W 5 10.9.0.5");
  assert.is(macOf("10.9.0.5"), hostMac);
  await fallAsleep(lan.engine);
  assert.match(onClient("ping -c 3 -i 0.2 -W 5 10.9.0.5"), /3 received/);
  assert.match(onClient("ping -c 3 -i 0.2 -W 5 fd09::5"), /3 received/);
  assert.match(onClient("ping -c 2 -i 0.2 -W 5 -s 1400 10.9.0.5"), /2 received/);
  assert.is(macOf("10.9.0.5"), proxyMac);
  assert.is(macOf("fd09::5"), proxyMac);
  await untilCounter(lan.engine, rule, "answered_total", (value) => value === 8);
  assert.is(counter(lan.engine, sleeper, "asleep"), 1);
  assert.is(counter(lan.engine, sleeper, "answered_total"), 8);
  await wakeUp(lan.engine);
  await until("the client knows the host's address again", () => macOf("10.9.0.5") === hostMac);
  assert.is(macOf("fd09::5"), hostMac);
  assert.match(onClient("ping -c 1 -W 5 10.9.0.5"), /1 received/);
  await lan.engine.refresh?.();
  assert.is(counter(lan.engine, rule, "packets_total"), 8);
  assert.is(counter(lan.engine, sleeper, "asleep"), 0);
});

test.run();

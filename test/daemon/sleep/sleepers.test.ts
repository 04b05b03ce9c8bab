import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  fallAsleep,
  installRule,
  installSleeper,
  onClient,
  onLan,
  plugHost,
  tryOnClient,
  wakeUp,
} from "./lan.ts";
import { until } from "./until.ts";

const lan = onLan(test);

test("a host whose unit is deprecated is stood in for until it wakes, and not again", async () => {
  const { id } = await installSleeper(lan.engine);
  await installRule(lan.engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
  const isIdle = async (): Promise<boolean> => {
    await lan.engine.refresh?.();
    return lan.engine.observe().find((unit) => unit.id === id)?.idle === true;
  };
  await fallAsleep(lan.engine);
  await lan.engine.setState(id, "deprecated");
  assert.match(onClient("ping -c 1 -W 5 10.9.0.5"), /1 received/);
  assert.not.ok(await isIdle(), "it is not to be revoked yet");
  await wakeUp(lan.engine);
  await until("it may be revoked", isIdle);
  try {
    await fallAsleep(lan.engine);
    assert.unreachable("its host is told to stay awake");
  } catch (error) {
    assert.match(String(error), /deprecated/);
  }
  plugHost("down");
  assert.match(tryOnClient("ping -c 1 -W 1 10.9.0.5"), / 0 received/);
});

test.run();

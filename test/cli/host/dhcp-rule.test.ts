import { test } from "uvu";
import * as assert from "uvu/assert";
import { dhcpRule } from "../../../cli/host/dhcp-rule.ts";
import type { RuleToSend } from "../../../cli/host/read-rules.ts";
import { compileModule, SleepGuest, sleepAbi } from "../../../modules/mod.ts";

const own = {
  mac: "02:00:00:00:00:05",
  addresses: [{ family: 4 as const, bytes: Uint8Array.of(10, 0, 0, 5), prefixBits: 24 }],
};
const lease = { address: "10.0.0.5", server: "10.0.0.1", leaseSeconds: 3_601, clientId: "01020000000005" };

test("a lease becomes a rule that renews it at once, and that the standard module takes", () => {
  const { rule, module } = dhcpRule(own, lease, "nas") as RuleToSend;
  assert.equal(rule, {
    UDP: {
      addresses: ["10.0.0.5/32", "255.255.255.255/32"],
      port: 68,
      interval: 60,
      config: {
        address: "10.0.0.5",
        server: "10.0.0.1",
        mac: "02:00:00:00:00:05",
        lease: 3_601,
        elapsed: 1_801,
        clientId: "01020000000005",
        hostname: "nas",
      },
    },
  });
  const compiled = compileModule(module, sleepAbi, "dhcp-renew");
  assert.is(compiled.kind, "compiled");
  if (compiled.kind !== "compiled") return;
  const config = (rule as { UDP: { config: unknown } }).UDP.config;
  const guest = new SleepGuest(compiled.module, { limits: { memoryBytes: 1 << 20 }, config });
  const said: string[] = [];
  const sink = { wake: () => said.push("wake"), respond: () => said.push("request") };
  assert.is(guest.onTimer(sink), undefined);
  assert.equal(said, ["request"]);
});

test("a short lease is looked after often", () => {
  const { rule } = dhcpRule(own, { ...lease, leaseSeconds: 20 }, "nas") as RuleToSend;
  assert.is((rule as { UDP: { interval: number } }).UDP.interval, 1);
});

test("a lease of an address that the interface does not have makes no rule", () => {
  assert.is(dhcpRule(own, { ...lease, address: "10.0.0.6" }, "nas"), undefined);
});

test.run();

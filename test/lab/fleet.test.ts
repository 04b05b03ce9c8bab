import { test } from "uvu";
import * as assert from "uvu/assert";
import { hostPlanOf, memberOf } from "../../lab/mod.ts";
import type { Host } from "../../schemas/mod.ts";

const host: Host = {
  apiVersion: "netloom.dev/v1alpha1",
  kind: "Host",
  metadata: { name: "nas", namespace: "site" },
  spec: {
    daemon: false,
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:AB", addresses: ["10.0.0.5/24"] },
      { name: "eth1", mac: "02:00:00:00:00:0c", addresses: [] },
    ],
    sleep: {
      proxy: "gw",
      takeover: true,
      wake: { transport: "ethernet", repeat: 3, secureOn: { secretRef: "pw" } },
    },
    lab: {
      router: true,
      gateway: ["10.0.0.9"],
      asleep: true,
      run: [["true"]],
      network: "site",
      rate: "10M",
      delay: "20ms",
      loss: 1,
      interfaces: [{ name: "eth1", network: "other", loss: 50 }],
    },
  },
};

test("a Host is wired as its lab section says, single interfaces as theirs do", () => {
  const link = { rateBitsPerSecond: 10_000_000, delayMs: 20 };
  assert.equal(hostPlanOf(host), {
    id: "site/nas",
    router: true,
    gateway: ["10.0.0.9"],
    interfaces: [
      {
        name: "eth0",
        mac: "02:00:00:00:00:AB",
        addresses: ["10.0.0.5/24"],
        network: "site",
        link: { ...link, lossRatio: 0.01 },
      },
      {
        name: "eth1",
        mac: "02:00:00:00:00:0c",
        addresses: [],
        network: "other",
        link: { ...link, lossRatio: 0.5 },
      },
    ],
  });
});

test("what it is beyond its wiring is known: who stands in for it, how it is woken, what it runs", () => {
  assert.equal(memberOf(host), {
    id: "site/nas",
    netns: "site.nas",
    daemon: false,
    sleep: { proxy: "site/gw", macs: ["02:00:00:00:00:ab", "02:00:00:00:00:0c"], secureOn: "pw" },
    asleep: true,
    run: [["true"]],
  });
});

test.run();

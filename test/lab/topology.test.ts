import { test } from "uvu";
import * as assert from "uvu/assert";
import { type HostPlan, netnsOf, planTopology } from "../../lab/mod.ts";

const plan = (name: string, addresses: string[][], more: Partial<HostPlan> = {}): HostPlan => ({
  id: `default/${name}`,
  interfaces: addresses.map((list, index) => ({ name: `eth${index}`, addresses: list, link: {} })),
  router: false,
  ...more,
});

const on = (network: string, ...addresses: string[]) => [{ name: "eth0", addresses, network, link: {} }];

test("interfaces of one network share a LAN, whichever family joins them", () => {
  const { lans, hosts } = planTopology([
    plan("a", [["10.0.0.1/24", "fd00::1/64"]]),
    plan("b", [["10.0.0.2/24"]]),
    plan("c", [["fd00::3/64"]]),
    plan("d", [["10.0.1.1/24"]]),
  ]);
  assert.equal(lans, [
    { name: "lan0", network: undefined, networks: ["10.0.0.0/24", "fd00::/64"] },
    { name: "lan1", network: undefined, networks: ["10.0.1.0/24"] },
  ]);
  assert.equal(
    hosts.map((host) => host.interfaces[0]?.lan),
    ["lan0", "lan0", "lan0", "lan1"],
  );
});

test("an interface that is in two networks makes one LAN of them, in any order of the hosts", () => {
  const hosts = [
    plan("c", [["10.0.0.1/24"]]),
    plan("b", [["10.0.1.1/24"]]),
    plan("a", [["10.0.0.2/24", "10.0.1.2/24"]]),
  ];
  const lans = [{ name: "lan0", network: undefined, networks: ["10.0.0.0/24", "10.0.1.0/24"] }];
  assert.equal(planTopology(hosts).lans, lans);
  const late = hosts.map((host, index) => ({ ...host, id: `default/${index}` }));
  assert.equal(planTopology(late).lans, lans);
});

test("a wide network holds the narrow ones in it, and interfaces without addresses share a LAN", () => {
  const { lans } = planTopology([plan("a", [["10.0.0.1/8"], []]), plan("b", [["10.9.9.9/32"], []])]);
  assert.equal(lans, [
    { name: "lan0", network: undefined, networks: ["10.0.0.0/8", "10.9.9.9/32"] },
    { name: "lan1", network: undefined, networks: [] },
  ]);
});

test("a named network is a LAN of its own, and hosts that name none join it by their addresses", () => {
  const { lans, hosts } = planTopology([
    plan("a", [], { interfaces: on("site-a", "10.0.0.1/24") }),
    plan("b", [], { interfaces: on("site-b", "10.0.0.2/24") }),
    plan("c", [], { interfaces: on("site-b", "10.0.1.3/24") }),
    plan("d", [["10.0.1.4/24"]]),
  ]);
  assert.equal(lans, [
    { name: "lan0", network: "site-a", networks: ["10.0.0.0/24"] },
    { name: "lan1", network: "site-b", networks: ["10.0.0.0/24", "10.0.1.0/24"] },
  ]);
  assert.equal(
    hosts.map((host) => host.interfaces[0]?.lan),
    ["lan0", "lan1", "lan1", "lan1"],
  );
});

test("gateways that a host names take the place of its default routes", () => {
  const { hosts } = planTopology([
    plan("a", [["10.0.0.2/24"]], { gateway: ["10.0.0.9"] }),
    plan("b", [["10.0.0.3/24"]]),
    plan("r", [["10.0.0.1/24"]], { router: true }),
  ]);
  assert.equal(
    hosts.map((host) => host.routes),
    [[{ to: "default", via: "10.0.0.9" }], [{ to: "default", via: "10.0.0.1" }], []],
  );
});

test("hosts send through the router of their network, each family by itself", () => {
  const { hosts } = planTopology([
    plan("pc", [["10.0.0.2/24", "fd00::2/64"]]),
    plan("rt", [["10.0.0.1/24", "fd00::1/64"], ["10.0.1.1/24"]], { router: true }),
    plan("srv", [["10.0.1.2/24"]]),
  ]);
  assert.equal(hosts[0]?.routes, [
    { to: "default", via: "10.0.0.1" },
    { to: "default", via: "fd00::1" },
  ]);
  assert.equal(hosts[1]?.routes, []);
  assert.equal(hosts[2]?.routes, [{ to: "default", via: "10.0.1.1" }]);
});

test("where several routers are about, each network is reached by the nearest", () => {
  const { hosts } = planTopology([
    plan("a", [["10.0.0.9/24"]]),
    plan("mid", [["10.0.1.9/24"]]),
    plan("r1", [["10.0.0.1/24"], ["10.0.1.1/24"]], { router: true }),
    plan("r2", [["10.0.1.2/24"], ["10.0.2.2/24"]], { router: true }),
  ]);
  const routes = Object.fromEntries(hosts.map((host) => [host.id, host.routes]));
  assert.equal(routes["default/a"], [{ to: "default", via: "10.0.0.1" }]);
  assert.equal(routes["default/mid"], [
    { to: "default", via: "10.0.1.1" },
    { to: "10.0.2.0/24", via: "10.0.1.2" },
  ]);
  assert.equal(routes["default/r1"], [{ to: "10.0.2.0/24", via: "10.0.1.2" }]);
  assert.equal(routes["default/r2"], [{ to: "10.0.0.0/24", via: "10.0.1.1" }]);
});

test("the same hosts give the same lab, in whatever order they come", () => {
  const hosts = [plan("b", [["10.0.0.2/24"]]), plan("a", [["10.0.0.1/24"]]), plan("c", [["10.1.0.1/24"]])];
  assert.equal(planTopology(hosts), planTopology([...hosts].reverse()));
  const macs = planTopology(hosts).hosts.map((host) => host.interfaces[0]?.mac);
  assert.is(new Set(macs).size, 3);
  for (const mac of macs) assert.match(mac ?? "", /^02(:[0-9a-f]{2}){5}$/);
});

test("the network namespace of a host has its name", () => {
  assert.is(netnsOf("default/gw-1"), "gw-1");
  assert.is(netnsOf("site/gw-1"), "site.gw-1");
});

test.run();

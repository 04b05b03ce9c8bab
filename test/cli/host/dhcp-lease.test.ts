import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseDhclientLeases, parseNetworkdLease } from "../../../cli/host/dhcp-lease.ts";

const networkd = (lifetime: string): string => `# This is private data. Do not parse.
ADDRESS=10.0.0.5
NETMASK=255.255.255.0
ROUTER=10.0.0.1
SERVER_ADDRESS=10.0.0.1
T1=30min
T2=52min 30s
LIFETIME=${lifetime}
CLIENTID=ffb6220feb00020000ab11
`;

const spans: [string, number | undefined][] = [
  ["1h", 3_600],
  ["1d 2h 30min 5s", 95_405],
  ["86400", 86_400],
  ["infinity", undefined],
  ["", undefined],
  ["soon", undefined],
];
for (const [span, leaseSeconds] of spans) {
  test(`a lease that systemd-networkd says lasts "${span}" is ${leaseSeconds ? "read" : "none to be renewed"}`, () => {
    const lease = { address: "10.0.0.5", server: "10.0.0.1", clientId: "ffb6220feb00020000ab11" };
    assert.equal(parseNetworkdLease(networkd(span)), leaseSeconds && { ...lease, leaseSeconds });
  });
}

const block = (name: string, last: number, expire: string): string => `lease {
  interface "${name}";
  fixed-address 10.0.0.${last};
  option subnet-mask 255.255.255.0;
  option dhcp-lease-time 7200;
  option dhcp-message-type 5;
  option dhcp-server-identifier 10.0.0.1;
  option dhcp-client-identifier 1:2:0:0:0:0:5;
  renew 6 2026/11/21 12:30:00;
  rebind 6 2026/11/21 13:30:00;
  expire ${expire};
}
`;
const nowMs = Date.parse("2026-11-21T12:00:00Z");
const later = "6 2026/11/21 14:00:00";

test("of dhclient's leases the last of the interface counts", () => {
  const text = block("eth0", 4, later) + block("eth0", 5, later) + block("eth1", 6, later);
  const expected = {
    address: "10.0.0.5",
    server: "10.0.0.1",
    leaseSeconds: 7_200,
    clientId: "01020000000005",
  };
  assert.equal(parseDhclientLeases(text, "eth0", nowMs), expected);
  assert.is(parseDhclientLeases(text, "eth2", nowMs), undefined);
});

test("one that is over is none, however its end is written", () => {
  const is = (expire: string) => parseDhclientLeases(block("eth0", 5, expire), "eth0", nowMs) !== undefined;
  assert.not(is("6 2026/11/21 11:59:59"));
  assert.ok(is("6 2026/11/21 12:00:01"));
  assert.not(is(`epoch ${nowMs / 1000 - 1}; # Sat Nov 21 11:59:59 2026`));
  assert.ok(is(`epoch ${nowMs / 1000 + 1}; # Sat Nov 21 12:00:01 2026`));
  assert.ok(is("never"));
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { tcpRule } from "../../../cli/host/tcp-rule.ts";
import type { TcpConnection } from "../../../daemon/linux/mod.ts";

const own = [{ bytes: Uint8Array.of(10, 0, 0, 5) }, { bytes: ipv6(5) }];
const state = { localPort: 22, remotePort: 40_000, sequence: 1, acknowledgment: 2, window: 502 };

function ipv6(last: number): Uint8Array {
  return Uint8Array.of(0xfd, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last);
}

const connection = (local: Uint8Array, remote: Uint8Array): TcpConnection => ({ ...state, local, remote });

test("connections of the host's addresses become a rule with what the standard rule takes, others do not", () => {
  const made = tcpRule(own, [
    { ...connection(Uint8Array.of(10, 0, 0, 5), Uint8Array.of(10, 0, 0, 9)), timestamp: 7 },
    connection(ipv6(5), ipv6(9)),
    connection(Uint8Array.of(127, 0, 0, 1), Uint8Array.of(127, 0, 0, 1)),
  ]);
  assert.equal(made?.rule, {
    TCP: {
      addresses: ["10.0.0.5/32", "fd09::5/128"],
      config: {
        connections: [
          { local: "10.0.0.5", remote: "10.0.0.9", ...state, timestamp: 7 },
          { local: "fd09::5", remote: "fd09::9", ...state },
        ],
      },
    },
  });
});

test("without a connection there is no rule; too many are refused", () => {
  assert.is(tcpRule(own, []), undefined);
  const one = connection(Uint8Array.of(10, 0, 0, 5), Uint8Array.of(10, 0, 0, 9));
  assert.throws(() => tcpRule(own, Array(257).fill(one)), /there are 257; at most 256/);
});

test.run();

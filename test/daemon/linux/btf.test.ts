import { test } from "uvu";
import * as assert from "uvu/assert";
import { KernelTypes } from "../../../daemon/linux/btf.ts";

const types = KernelTypes.ofThisKernel();

test("members are found where every kernel has them, in structures without a name and in bit fields too", () => {
  assert.equal(types.field("sock_common", "skc_daddr"), { offset: 0 });
  assert.equal(types.field("sock_common", "skc_rcv_saddr"), { offset: 4 });
  // inet/tcp: the common part is first in every socket.
  const common = types.field("sock_common", "skc_state");
  assert.equal(types.field("tcp_sock", "inet_conn.icsk_inet.sk.__sk_common.skc_state"), common);
  assert.is(types.field("tcp_sock", "rx_opt.tstamp_ok").bits?.size, 1);
  assert.is(types.field("tcp_sock", "rx_opt.rcv_wscale").bits?.size, 4);
});

test("what this kernel does not have is said by name", () => {
  assert.not.ok(types.hasField("tcp_sock", "rx_opt.nothing_such"));
  assert.throws(() => types.field("tcp_sock", "nothing_such"), /tcp_sock has no nothing_such/);
  assert.throws(() => types.field("nothing_such", "x"), /there is no nothing_such/);
  assert.throws(() => types.functionId("nothing_such"), /there is no nothing_such/);
  assert.throws(() => new KernelTypes(Buffer.alloc(64)), /is no BTF/);
});

test.run();

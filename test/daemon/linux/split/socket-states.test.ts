import { test } from "uvu";
import * as assert from "uvu/assert";
import { BpfMap } from "../../../../daemon/linux/bpf-map.ts";
import { KernelTypes } from "../../../../daemon/linux/btf.ts";
import { closeDescriptor } from "../../../../daemon/linux/mod.ts";
import { socketCookie } from "../../../../daemon/linux/socket-options.ts";
import { SocketStates } from "../../../../daemon/linux/split/socket-states.ts";
import { endTcp, readTcp, writeTcp } from "../../../../daemon/linux/tcp-socket.ts";
import { isRootOfMachine } from "../../../root-of-machine.ts";
import { until } from "../../sleep/until.ts";
import { tcpPair } from "../tcp-pair.ts";

const [ESTABLISHED, FIN_WAIT2, CLOSE_WAIT] = [1, 5, 8];

if (isRootOfMachine()) {
  test("the states of exactly those sockets are read whose cookies are there", async () => {
    const cookies = new BpfMap({ type: "hash", keyBytes: 8, valueBytes: 4, entriesMax: 8 });
    const states = new SocketStates(KernelTypes.ofThisKernel(), cookies);
    const [one, other] = tcpPair();
    assert.equal(states.read(), []);
    for (const [slot, fd] of [one, other].entries()) {
      cookies.set(
        new Uint8Array(BigUint64Array.of(socketCookie(fd)).buffer),
        new Uint8Array(Uint32Array.of(slot + 5).buffer),
      );
    }
    const read = () => states.read().sort((left, right) => left.slot - right.slot);
    const [first, second] = read();
    assert.is(first?.slot, 5);
    assert.is(second?.slot, 6);
    assert.is(first?.state, ESTABLISHED);
    assert.is(first?.written, second?.receiveNext);
    assert.is(first?.receiveNext, second?.written);
    assert.ok(first?.hasSack && first.hasTimestamp && first.scales && !first.hasGaps && !first.isBound);

    assert.is(writeTcp(one, Buffer.alloc(1_000)), 1_000);
    await until("it has come", () => readTcp(other, Buffer.alloc(2_000)) === 1_000);
    const [later, heard] = read();
    assert.is(((later?.written ?? 0) - (first?.written ?? 0)) >>> 0, 1_000);
    assert.is(heard?.receiveNext, later?.written);
    endTcp(one);
    await until(
      "both know of the end",
      () => read()[0]?.state === FIN_WAIT2 && read()[1]?.state === CLOSE_WAIT,
    );
    for (const fd of [one, other]) closeDescriptor(fd);
    await until("neither is there", () => read().length === 0);
    states.close();
    cookies.close();
  });
} else {
  test("who is not root of the machine is refused", () => {
    assert.throws(() => new SocketStates(KernelTypes.ofThisKernel(), { fd: -1 }));
  });
}

test.run();

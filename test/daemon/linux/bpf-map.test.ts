import { test } from "uvu";
import * as assert from "uvu/assert";
import { BpfMap } from "../../../daemon/linux/bpf-map.ts";
import { int32 } from "../../../daemon/linux/memory.ts";
import { isRootOfMachine } from "../../root-of-machine.ts";

const options = { type: "hash", keyBytes: 4, valueBytes: 8, entriesMax: 2, growing: true } as const;

if (isRootOfMachine()) {
  test("a map gives what was put in until it is taken out", () => {
    const map = new BpfMap(options);
    map.set(int32(1), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    map.set(int32(2), new Uint8Array(8));
    assert.equal(map.get(int32(1)), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    assert.equal(map.get(int32(3)), undefined);
    assert.is(map.delete(int32(1)), true);
    assert.is(map.delete(int32(1)), false);
    assert.equal(map.get(int32(1)), undefined);
    map.close();
  });

  test("a full map says so", () => {
    const map = new BpfMap(options);
    for (const key of [1, 2]) map.set(int32(key), new Uint8Array(8));
    assert.throws(() => map.set(int32(3), new Uint8Array(8)), /bpf\(BPF_MAP_UPDATE_ELEM\): E2BIG/);
    map.close();
  });
} else {
  test("who is not root of the machine is told that the kernel does not permit it", () => {
    assert.throws(() => new BpfMap(options), /bpf\(BPF_MAP_CREATE\): EPERM/);
  });
}

test.run();

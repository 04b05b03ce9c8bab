import { test } from "uvu";
import * as assert from "uvu/assert";
import { MetParameters } from "../../../daemon/layer45/met-parameters.ts";
import { addressBytes, metValuesMax } from "../../../schemas/mod.ts";

const owner = { cookie: 1n, inode: 2, process: 7, task: "isc-net-0000", group: "dig", otherTasks: [] };
const end = (address: string, port: number) => ({ address: addressBytes(address) as Uint8Array, port });

test("only open parameters are kept, the last ones met, each once", () => {
  const met = new MetParameters(new Set(["localPort", "task"] as const));
  for (let port = 1; port <= metValuesMax + 2; port += 1) {
    met.note(owner, { local: end("10.0.0.1", port), remote: end("10.0.0.3", 53) });
  }
  met.note(owner, { local: end("10.0.0.1", 5), remote: end("10.0.0.3", 53) });
  const { localPort, task, ...others } = met.values();
  assert.equal(others, {});
  assert.equal(task, ["isc-net-0000"]);
  assert.is(localPort?.length, metValuesMax);
  assert.is(localPort?.[0], "3");
  assert.is(localPort?.at(-1), "5");
});

test.run();

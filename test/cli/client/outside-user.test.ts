import { test } from "uvu";
import * as assert from "uvu/assert";
import { outsideUser } from "../../../cli/client/outside-user.ts";

const machine = "         0          0 4294967295\n";
const rootOf1000 = "         0       1000          1\n";
const container = "         0       1000          1\n         1     100000      65536\n";
const table: [what: string, user: number, map: string, wanted: number][] = [
  ["root of the machine is itself", 0, machine, 0],
  ["a user of the machine is itself", 1000, machine, 1000],
  ["root of a user's sandbox is that user", 0, rootOf1000, 1000],
  ["root of a container is who started it", 0, container, 1000],
  ["a user of a container is one of those lent to it", 33, container, 100_032],
  ["one that the map does not hold keeps its number", 65_534, rootOf1000, 65_534],
];
for (const [what, user, map, wanted] of table) {
  test(what, () => {
    assert.is(outsideUser(user, map), wanted);
  });
}

test.run();

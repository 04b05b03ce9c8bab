import { test } from "uvu";
import * as assert from "uvu/assert";
import { filterOf, igmpRule } from "../../../cli/host/igmp-rule.ts";

const source = (name: string, included: number, excluded: number) => ({ source: name, included, excluded });
const table: [string, Parameters<typeof filterOf>[0], ReturnType<typeof filterOf>][] = [
  ["any source", { group: "239.1.2.3", users: 1, sources: [] }, { group: "239.1.2.3", exclude: [] }],
  [
    "one socket with the sources it wants",
    { group: "239.1.2.3", users: 1, sources: [source("10.0.0.1", 1, 0), source("10.0.0.2", 1, 0)] },
    { group: "239.1.2.3", include: ["10.0.0.1", "10.0.0.2"] },
  ],
  [
    "one socket with a source it does not want",
    { group: "239.1.2.3", users: 1, sources: [source("10.0.0.1", 0, 1)] },
    { group: "239.1.2.3", exclude: ["10.0.0.1"] },
  ],
  [
    "two sockets, one of which wants any source",
    { group: "239.1.2.3", users: 2, sources: [source("10.0.0.1", 1, 0)] },
    { group: "239.1.2.3", exclude: [] },
  ],
  [
    "two sockets that agree on one of two sources they do not want",
    { group: "239.1.2.3", users: 2, sources: [source("10.0.0.1", 0, 2), source("10.0.0.2", 0, 1)] },
    { group: "239.1.2.3", exclude: ["10.0.0.1"] },
  ],
  [
    "two sockets with different sources of source-specific multicast",
    { group: "232.1.1.1", users: 2, sources: [source("10.0.0.1", 1, 0), source("10.0.0.2", 1, 0)] },
    { group: "232.1.1.1", include: ["10.0.0.1", "10.0.0.2"] },
  ],
];
for (const [name, group, expected] of table) {
  test(`what a host wants of a group: ${name}`, () => assert.equal(filterOf(group), expected));
}

test("a host that is in no group but that of all systems needs no rule; one in too many is told so", () => {
  const group = (name: string) => ({ group: name, users: 1, sources: [] });
  assert.is(igmpRule("10.0.0.5", [group("224.0.0.1")]), undefined);
  const many = Array.from({ length: 65 }, (_, index) => group(`239.1.1.${index}`));
  assert.throws(() => igmpRule("10.0.0.5", many), /there are 65 groups; at most 64/);
});

test.run();

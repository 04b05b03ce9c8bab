import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Host, HostIndex, type LabelSelector, selectHosts } from "../../schemas/mod.ts";

const host = (name: string, labels?: Record<string, string>, namespace = "default"): Host => ({
  apiVersion: "netloom.dev/v1alpha1",
  kind: "Host",
  metadata: { name, namespace, ...(labels && { labels }) },
  spec: { interfaces: [{ name: "eth0", addresses: [] }], daemon: true },
});

const hosts = [
  host("a", { role: "gateway", site: "one" }),
  host("b", { role: "storage", site: "one" }),
  host("c", { role: "storage", site: "two" }),
  host("d"),
  host("e", { role: "gateway" }, "other"),
];

const table: [selector: LabelSelector, names: string][] = [
  [{}, "a b c d"],
  [{ matchLabels: { role: "storage" } }, "b c"],
  [{ matchLabels: { role: "storage", site: "one" } }, "b"],
  [{ matchLabels: { role: "nothing" } }, ""],
  [{ matchLabels: { toString: "x" } }, ""],
  [{ matchNames: ["d", "a"] }, "a d"],
  [{ matchNames: ["e"] }, ""],
  [{ matchNames: ["a", "b"], matchLabels: { role: "storage" } }, "b"],
  [{ matchExpressions: [{ key: "role", operator: "In", values: ["gateway", "storage"] }] }, "a b c"],
  [{ matchExpressions: [{ key: "role", operator: "NotIn", values: ["storage"] }] }, "a d"],
  [{ matchExpressions: [{ key: "site", operator: "Exists" }] }, "a b c"],
  [{ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, ""],
  [{ matchExpressions: [{ key: "site", operator: "DoesNotExist" }] }, "d"],
  [
    {
      matchLabels: { role: "storage" },
      matchExpressions: [{ key: "site", operator: "NotIn", values: ["one"] }],
    },
    "c",
  ],
];

for (const [selector, names] of table) {
  test(`${JSON.stringify(selector)} selects ${names || "nothing"}`, () => {
    const selected = selectHosts(selector, hosts, "default");
    assert.is(selected.map(({ metadata }) => metadata.name).join(" "), names);
  });
}

test("the index selects what looking at every host selects", () => {
  const word = fc.constantFrom("a", "b", "c", "d");
  const labels = fc.dictionary(word, word, { maxKeys: 3 });
  const selectors: fc.Arbitrary<LabelSelector> = fc.record(
    {
      matchLabels: labels,
      matchNames: fc.array(word, { minLength: 1, maxLength: 3 }),
      matchExpressions: fc.array(
        fc.record({
          key: word,
          operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
          values: fc.array(word, { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
  const fleets = fc.uniqueArray(fc.tuple(word, labels, fc.constantFrom("x", "y")), {
    selector: ([name, , namespace]) => `${namespace}/${name}`,
  });
  fc.assert(
    fc.property(fleets, selectors, (fleet, selector) => {
      const all = fleet.map(([name, own, namespace]) => host(name, own, namespace));
      assert.equal(new HostIndex(all).select(selector, "x"), selectHosts(selector, all, "x"));
    }),
  );
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { InterestTree } from "../../bus/interest.ts";
import { buckets, hostTokens, isHostId, speakerOf, subjects } from "../../bus/mod.ts";
import type { ProblemError } from "../../schemas/mod.ts";

const bad = [
  "",
  "gw-1",
  "a/b/c",
  "default/",
  "/gw",
  "Default/gw",
  "de.fault/gw",
  "default/*",
  "default/>",
  "a/b c",
  "a/-b",
  `a/${"b".repeat(64)}`,
  "a/b\n",
];

test("a host id is two DNS labels, and nothing else gets into a subject", () => {
  assert.is(hostTokens("default/gw-1"), "default.gw-1");
  assert.ok(isHostId(`a/${"b".repeat(63)}`));
  for (const id of bad) {
    assert.not(isHostId(id), id);
    assert.throws(() => subjects.command(id), /is no host id/);
  }
});

test("who speaks is read from the end of the subject", () => {
  assert.is(speakerOf(subjects.heartbeat("default/gw-1")), "default/gw-1");
  assert.is(speakerOf(subjects.power("default/proxy", "lab/nas")), "lab/nas");
  assert.throws(
    () => speakerOf("netloom.heartbeat._.controller"),
    (error: unknown) => (error as ProblemError).problem.code === "bus.malformed",
  );
});

test("every pattern matches what it stands for", () => {
  const cases: [string, string][] = [
    [subjects.anyHeartbeat, subjects.heartbeat("default/gw-1")],
    [subjects.anyReport, subjects.report("default/gw-1")],
    [subjects.anyPowerFor("default/proxy"), subjects.power("default/proxy", "lab/nas")],
    [subjects.anyBlobWant, subjects.blobWant({ role: "controller" })],
    [subjects.anyBlobWant, subjects.blobWant({ role: "host", host: "default/gw-1" })],
  ];
  for (const [filter, subject] of cases) {
    const tree = new InterestTree<number>();
    tree.add(filter, 1);
    assert.equal(tree.match(subject), [1], `${filter} ${subject}`);
  }
});

test("buckets have names of their own", () => {
  assert.is(new Set(Object.values(buckets)).size, Object.values(buckets).length);
});

test.run();

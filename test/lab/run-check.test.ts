import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildNetwork, type CheckLab, orderChecks, planTopology, runCheck } from "../../lab/mod.ts";
import type { Check } from "../../schemas/mod.ts";

const check = (name: string, spec: Partial<Check["spec"]>): Check => ({
  apiVersion: "netloom.dev/v1alpha1",
  kind: "Check",
  metadata: { name, namespace: "default" },
  spec: {
    host: "pc",
    given: {},
    run: ["true"],
    expect: { exit: 0 },
    deadline: "5s",
    eventually: false,
    ...spec,
  },
});

/** Says which hosts were asked to sleep or wake. */
class States implements CheckLab {
  readonly asked: string[] = [];
  readonly states = new Map<string, "asleep" | "awake">();
  async sleep(host: string): Promise<void> {
    this.asked.push(`sleep ${host}`);
    this.states.set(host, "asleep");
  }
  async wake(host: string): Promise<void> {
    this.asked.push(`wake ${host}`);
    this.states.set(host, "awake");
  }
  stateOf(host: string): "asleep" | "awake" | undefined {
    return this.states.get(host);
  }
}

const never = new AbortController().signal;
const sh = (script: string): string[] => ["sh", "-c", script];

test.before(() => buildNetwork(planTopology([{ id: "default/pc", interfaces: [], router: false }])));

test("a check runs on its host, in that host's network", async () => {
  const run = ["ip", "-br", "link"];
  const result = await runCheck(
    check("links", { run, expect: { exit: 0, stdout: { matches: "^lo +UNKNOWN", lacks: "eth0" } } }),
    new States(),
    never,
  );
  assert.equal(result.reasons, []);
  assert.ok(result.passed);
  assert.is(result.attempts, 1);
});

test("all that is not as expected is told, with what was seen", async () => {
  const result = await runCheck(
    check("wrong", {
      run: sh("cat; echo bad >&2; exit 3"),
      stdin: "good\n",
      expect: {
        exit: 0,
        stdout: { equals: "bad", contains: "x", lacks: "good" },
        stderr: { matches: "^b.d$" },
      },
    }),
    new States(),
    never,
  );
  assert.equal(result.reasons, [
    "exit code is 3; it should be 0",
    'stdout is "good\\n"; it should be "bad"',
    'stdout is "good\\n"; it should contain "x"',
    'stdout is "good\\n"; it should not contain "good"',
  ]);
  assert.equal(result.last, { exit: 3, stdout: "good\n", stderr: "bad\n" });
});

test("with eventually, it runs again until it is as expected", async () => {
  const count = `/run/check-${process.pid}`;
  const run = sh(`echo x >>${count}; test $(wc -l <${count}) -ge 3`);
  const result = await runCheck(check("later", { run, eventually: true }), new States(), never);
  assert.ok(result.passed, result.reasons.join());
  assert.is(result.attempts, 3);
});

test("a command, and all it started, ends at the deadline", async () => {
  const run = sh("sleep 60 & sleep 60; wait");
  const result = await runCheck(
    check("long", { run, deadline: "200ms", eventually: true }),
    new States(),
    never,
  );
  assert.equal(result.reasons, ["exit code is SIGKILL; it should be 0", "the deadline of 200ms is over"]);
});

test("what is given is brought about first, and who should be awake may take a moment", async () => {
  const lab = new States();
  const given = { asleep: ["nas"], awake: ["tv"] };
  setTimeout(() => lab.states.set("default/nas", "awake"), 50);
  const result = await runCheck(check("wakes", { given, expect: { exit: 0, awake: ["nas"] } }), lab, never);
  assert.ok(result.passed, result.reasons.join());
  assert.equal(lab.asked, ["sleep default/nas", "wake default/tv"]);
});

test("a host that should be asleep and is not, or awake and is not, fails the check", async () => {
  const lab = new States();
  lab.states.set("default/nas", "awake").set("default/tv", "asleep");
  const expect = { exit: 0, asleep: ["nas"], awake: ["tv"] };
  const result = await runCheck(check("states", { expect, deadline: "100ms" }), lab, never);
  assert.equal(result.reasons, [
    "nas is awake; it should be asleep",
    "tv is asleep; it should be awake",
    "the deadline of 100ms is over",
  ]);
});

test("nothing runs on a host that sleeps", async () => {
  const lab = new States();
  lab.states.set("default/pc", "asleep");
  const result = await runCheck(check("asleep", {}), lab, never);
  assert.equal(result.reasons, ["pc sleeps; nothing can run on it"]);
});

test("a command that is not there is a failed check, not a failed lab", async () => {
  const result = await runCheck(check("typo", { run: ["no-such-command"] }), new States(), never);
  assert.is(result.passed, false);
  assert.match(result.last?.stderr ?? "", "no-such-command");
});

test("checks run after those they name, otherwise by name", () => {
  const named = (name: string, ...after: string[]): Check => check(name, { after });
  const names = (checks: Check[]): string[] => orderChecks(checks).map(({ metadata }) => metadata.name);
  assert.equal(names([named("c"), named("a", "b"), named("b"), named("d")]), ["b", "a", "c", "d"]);
  assert.equal(names([named("a", "b"), named("b", "a"), named("c", "unknown")]), ["b", "a", "c"]);
});

test.run();

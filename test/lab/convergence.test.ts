import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Condition, News, ObjectStatus, SourceStatus } from "../../controller/mod.ts";
import { converged, unsettled } from "../../lab/mod.ts";
import { problemOf } from "../../schemas/mod.ts";

const conditions = (status: Condition["status"], message = ""): Condition[] => [
  { type: "Ready", status, reason: "Test", message, lastTransitionTime: "", observedRevision: "r" },
];
const object = (ref: string, status: Condition["status"], message?: string): ObjectStatus => ({
  object: ref,
  hosts: { desired: 1, ready: 0 },
  conditions: conditions(status, message),
  problems: [],
});
const source = (status: Condition["status"]): SourceStatus => ({
  location: "here",
  conditions: conditions(status, "being read"),
  problems: [],
});

/** As much of a controller as is looked at: what is judged shows after the next flush only. */
class Judging {
  sourceStatus = source("True");
  judged: ObjectStatus[] = [];
  next: ObjectStatus[] = [];
  readonly listeners = new Set<(news: News) => void>();
  readonly board = {
    list: () => this.judged,
    flush: () => {
      if (this.next === this.judged) return;
      this.judged = this.next;
      this.tell();
    },
  };
  watch(listener: (news: News) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  tell(): void {
    for (const listener of this.listeners) listener({ kind: "source", status: this.sourceStatus });
  }
}
const wait = (of: Judging, timeoutMs = 60_000, signal = new AbortController().signal): Promise<void> =>
  converged(of as unknown as Parameters<typeof converged>[0], { timeoutMs, signal });

// A timeout's signal does not keep a process alive; in a lab much else does.
let alive: NodeJS.Timeout;
test.before(() => {
  alive = setInterval(() => undefined, 1_000);
});
test.after(() => clearInterval(alive));

test("what is not ready is named, with the reason", () => {
  assert.equal(unsettled(source("True"), [object("Rule/default/a", "True")]), []);
  assert.equal(
    unsettled(source("Unknown"), [
      object("Rule/default/a", "False", "waiting"),
      object("Host/default/b", "True"),
    ]),
    ["source: being read", "Rule/default/a (waiting)"],
  );
});

test("it waits for what is known and not judged yet, and for every object", async () => {
  const of = new Judging();
  of.next = [object("Rule/default/a", "False"), object("Rule/default/b", "False")];
  let isThere = false;
  const done = wait(of).then(() => {
    isThere = true;
  });
  of.next = [object("Rule/default/a", "True"), object("Rule/default/b", "False")];
  of.tell();
  await new Promise((later) => setImmediate(later));
  assert.not(isThere);
  of.next = [object("Rule/default/a", "True"), object("Rule/default/b", "True")];
  of.tell();
  await done;
  assert.is(of.listeners.size, 0);
});

test("a fleet that does not get there in time is a problem that says what it waits for", async () => {
  const of = new Judging();
  of.next = [object("Rule/default/a", "False", "no engine")];
  const found = await wait(of, 20).then(() => undefined, problemOf);
  assert.is(found?.code, "lab.not-converged");
  assert.match(found?.message ?? "", "waiting for Rule/default/a (no engine)");
  assert.is(of.listeners.size, 0);
});

test("being asked to end is no problem of the fleet", async () => {
  const of = new Judging();
  of.next = [object("Rule/default/a", "False")];
  const end = new AbortController();
  const done = wait(of, 5_000, end.signal);
  end.abort();
  const error = await done.then(
    () => undefined,
    (reason: Error) => reason.name,
  );
  assert.is(error, "AbortError");
});

test.run();

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, codecs, memoryBus, subjects } from "../../bus/mod.ts";
import { type ActContext, act, OvertakenError } from "../../controller/act.ts";
import { BlobSender } from "../../controller/blobs.ts";
import type { PlannedCommand } from "../../controller/diff.ts";
import { InstanceKeys } from "../../controller/security/instance-keys.ts";
import { fail, type Unit } from "../../schemas/mod.ts";
import { FakeDaemon, type FakeDaemonOptions } from "./fake-daemon.ts";

const host = "d/h";
const unit = (name: string, more: Partial<Unit> = {}): Unit => ({
  id: `Rule/d/${name}`,
  engine: "filter",
  digest: "a".repeat(64),
  spec: {},
  artifacts: [],
  ...more,
});
const install = (name: string, more: Partial<Unit> = {}): PlannedCommand => ({
  verb: "install",
  unit: unit(name, more),
  priority: 1,
});
const revoke = (name: string): PlannedCommand => ({ verb: "revoke", unit: `Rule/d/${name}` });

async function withDaemon(
  options: FakeDaemonOptions,
  run: (context: { daemon: FakeDaemon; context: ActContext; bus: Bus }) => Promise<void>,
): Promise<void> {
  const bus = memoryBus();
  const daemon = new FakeDaemon(bus.join(), host, options);
  const blobs = new BlobSender(bus.blobs, async (digest) => fail("artifact.missing", { digest }));
  const signal = new AbortController().signal;
  const instances = new InstanceKeys(new Uint8Array(32));
  try {
    await run({ daemon, bus, context: { bus, blobs, instances, term: 5, timeoutMs: 500, signal } });
  } finally {
    daemon.stop();
    await bus.close();
  }
}

test("commands are sent in order, and each gets its outcome", () =>
  withDaemon({}, async ({ daemon, context }) => {
    const outcome = await act(host, [install("a"), revoke("b")], context);
    assert.equal(outcome, {
      kind: "answered",
      outcomes: [{ kind: "ack" }, { kind: "ack" }],
      shown: { boot: "boot-1", sequence: 1 },
    });
    assert.equal(
      daemon.commands.map(({ verb }) => verb),
      ["install", "revoke"],
    );
    assert.is(new Set(daemon.commands.map(({ id }) => id)).size, 2);
  }));

test("many commands go in several batches, one after the other, none larger than the bus takes", () =>
  withDaemon({}, async ({ daemon, context }) => {
    const many = Array.from({ length: 1_200 }, (_, at) => revoke(`r${at}`));
    const outcome = await act(host, many, context);
    assert.is(outcome.kind === "answered" && outcome.outcomes.length, 1_200);
    assert.equal(
      daemon.batches.map(({ commands }) => commands.length),
      [500, 500, 200],
    );
    const large = Array.from({ length: 8 }, (_, at) =>
      install(`l${at}`, { spec: { text: "x".repeat(300_000) } }),
    );
    await act(host, large, context);
    assert.equal(
      daemon.batches.slice(3).map(({ commands }) => commands.length),
      [3, 3, 2],
    );
  }));

test("a command too large for any batch is refused, and holds up no other", () =>
  withDaemon({}, async ({ daemon, context }) => {
    const huge = install("huge", { spec: { text: "x".repeat(2_000_000) } });
    const outcome = await act(host, [huge, revoke("b")], context);
    assert.equal(
      outcome.kind === "answered" &&
        outcome.outcomes.map((each) => (each.kind === "nack" ? each.problem.code : each.kind)),
      ["bus.payload-too-large", "ack"],
    );
    assert.is(daemon.commands.length, 1);
  }));

test("a unit whose program cannot be had is not sent, nor is what else concerns it", () =>
  withDaemon({}, async ({ daemon, context }) => {
    const lacking = install("a", { artifacts: [{ name: "program", digest: "b".repeat(64), bytes: 1 }] });
    const activate: PlannedCommand = { verb: "activate", unit: "Rule/d/a", digest: "a".repeat(64) };
    const outcome = await act(host, [lacking, revoke("b"), activate], context);
    assert.equal(
      outcome.kind === "answered" &&
        outcome.outcomes.map((each) => (each.kind === "nack" ? each.problem.code : each.kind)),
      ["artifact.missing", "ack", "artifact.missing"],
    );
    assert.is(daemon.commands.length, 1);
  }));

test("no commands at all ask for a report", () =>
  withDaemon({}, async ({ daemon, context }) => {
    const outcome = await act(host, [], context);
    assert.equal(
      daemon.commands.map(({ verb }) => verb),
      ["report"],
    );
    assert.equal(outcome, { kind: "answered", outcomes: [], shown: { boot: "boot-1", sequence: 1 } });
  }));

test("a daemon that does not answer, or is not there, is an outcome", () =>
  withDaemon({ after: () => Promise.reject(new Error("lost")) }, async ({ context }) => {
    for (const to of [host, "d/nobody"]) {
      const outcome = await act(to, [revoke("a")], { ...context, timeoutMs: 50 });
      assert.is(outcome.kind === "unanswered" && outcome.problem.code, "bus.unavailable");
    }
  }));

test("a daemon that has seen a newer term ends it", () =>
  withDaemon({}, async ({ daemon, context }) => {
    daemon.term = 6;
    const error = await act(host, [revoke("a")], context).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof OvertakenError);
    assert.is(error.term, 6);
  }));

test("a command that the reply does not mention counts as not carried out", async () => {
  const bus = memoryBus();
  bus
    .join()
    .subscribe(subjects.command(host), () =>
      codecs.commandReply.encode({ host, term: 5, boot: "a", sequence: 1, results: [] }),
    );
  const blobs = new BlobSender(bus.blobs, async (digest) => fail("artifact.missing", { digest }));
  const outcome = await act(host, [revoke("a")], {
    bus,
    blobs,
    instances: new InstanceKeys(new Uint8Array(32)),
    term: 5,
    timeoutMs: 500,
    signal: new AbortController().signal,
  });
  const [first] = outcome.kind === "answered" ? outcome.outcomes : [];
  assert.is(first?.kind === "nack" && first.problem.code, "command.unanswered");
  await bus.close();
});

test.run();

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CommandOutcome } from "../../../bus/mod.ts";
import type { RunningController } from "../../../controller/mod.ts";
import { problem } from "../../../schemas/mod.ts";
import type { FakeDaemon } from "../fake-daemon.ts";
import { FakeLeadership } from "../fixtures.ts";
import { until } from "../until.ts";
import { World } from "../world.ts";
import { Guests, respond } from "./guests.ts";
import { securedFiles } from "./secured-files.ts";

const test = suite<{ world: World }>("challenges");
test.before.each((context) => {
  context.world = new World();
});
test.after.each(({ world }) => world.end());

const ref = "Customization/default/tag";
const names = ["client-1", "client-2", "server"] as const;
type Name = (typeof names)[number];
/** A stall of a busy machine is no silence of a module. */
const times = { challengeDeadlineMs: 1_500, awayAfterMs: 600, commandTimeoutMs: 5_000 };

interface Member {
  daemon: FakeDaemon;
  guests: Guests;
}

/** A daemon on each host, whose modules answer right, but for what `answers` says. */
function fleetOf(
  world: World,
  answers: Partial<Record<Name, (guests: Guests, nonce: string, unit: string) => CommandOutcome>> = {},
): Record<Name, Member> {
  const entries = names.map((name) => {
    const guests = new Guests();
    const other = answers[name];
    const daemon = world.daemon({
      host: `default/${name}`,
      before: guests.before,
      answer: (command) => (other ? other(guests, command.nonce, command.unit) : guests.answer(command)),
    });
    return [name, { daemon, guests }];
  });
  return Object.fromEntries(entries);
}

async function reportAll(fleet: Record<Name, Member>): Promise<void> {
  for (const { daemon } of Object.values(fleet)) await daemon.report();
}

const unitsOf = ({ daemon }: Member): string[] =>
  daemon.model.list().map(({ id, state }) => `${id} ${state}`);
const condition = ({ reconciler }: RunningController, type: string): string | undefined => {
  const found = reconciler.board.get(ref)?.conditions.find((each) => each.type === type);
  return found && `${found.status} ${found.reason}`;
};
const failuresTold = ({ reconciler }: RunningController): string[] =>
  reconciler.events
    .list()
    .filter(({ reason }) => reason === "ChallengeFailed")
    .map(({ type, message }) => `${type} ${message}`);
const passed = ({ reconciler }: RunningController, name: Name, role: string): number =>
  reconciler.trust.challenges.get(`default/${name}`, `${ref}/${role}`)?.passed ?? 0;

const wrong = (guests: Guests, nonce: string, unit: string): CommandOutcome => {
  const key = Buffer.from(guests.keys.get(unit) as Uint8Array);
  return { kind: "ack", answer: respond(key, nonce, { id: (key.readUInt32LE() ^ 1) >>> 0 }) };
};

test("modules that answer right are asked again and again, and it is told", async ({ world }) => {
  world.source.commit(securedFiles());
  const fleet = fleetOf(world);
  const controller = await world.controller({ times });
  await reportAll(fleet);
  await until("all have answered twice", () =>
    names.every((name) => passed(controller, name, name === "server" ? "receiver" : "sender") >= 2),
  );
  await until("ready", () => condition(controller, "Ready") === "True Converged");
  assert.equal(failuresTold(controller), []);
  const metrics = await controller.reconciler.metrics.registry.metrics();
  assert.match(metrics, /netloom_challenges_total\{result="passed"\} \d/);
  assert.match(metrics, /netloom_challenged_modules\{state="answered"\} 3/);
  const keys = names.map((name) => [...fleet[name].guests.keys.values()][0] as Uint8Array);
  assert.is(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size, 3);
});

test("a module that answers wrong is taken off its host alone, and kept off until it is declared anew", async ({
  world,
}) => {
  world.source.commit(securedFiles());
  const fleet = fleetOf(world, { "client-1": wrong });
  const controller = await world.controller({ times });
  await reportAll(fleet);
  await until(
    "revoked",
    () => failuresTold(controller).length > 0 && unitsOf(fleet["client-1"]).length === 0,
  );
  await until("told", () => condition(controller, "Ready") === "False ChallengeFailed");
  assert.is(condition(controller, "Stalled"), "True ChallengeFailed");
  assert.is(failuresTold(controller).length, 1);
  assert.match(failuresTold(controller)[0] ?? "", "Warning");
  assert.match(
    failuresTold(controller)[0] ?? "",
    "default/client-1: its answer is not the challenge and its id",
  );
  const before = passed(controller, "client-2", "sender");
  await until("the others go on", () => passed(controller, "client-2", "sender") > before + 2);
  assert.equal(unitsOf(fleet["client-1"]), []);
  assert.equal(unitsOf(fleet["client-2"]), [`${ref}/sender active`]);
  const installs = fleet["client-1"].daemon.commands.filter(({ verb }) => verb === "install").length;
  assert.is(installs, 1);
  // A priority is no other version; another interval is.
  world.source.commit(securedFiles({ priority: 20 }));
  await until("prioritized", () => fleet["client-2"].daemon.model.list()[0]?.priority === 20);
  assert.equal(unitsOf(fleet["client-1"]), []);
  world.source.commit(securedFiles({ interval: "200ms" }));
  await until(
    "tried again",
    () => fleet["client-1"].daemon.commands.filter(({ verb }) => verb === "install").length === 2,
  );
});

test("an operator lets a module back", async ({ world }) => {
  let isMended = false;
  world.source.commit(securedFiles());
  const fleet = fleetOf(world, {
    server: (guests, nonce, unit) =>
      isMended
        ? { kind: "ack", answer: respond(guests.keys.get(unit) as Uint8Array, nonce) }
        : { kind: "nack", problem: problem("unit.faulted", { unit, reason: "it ran for too long" }) },
  });
  const controller = await world.controller({ times });
  await reportAll(fleet);
  await until("revoked", () => unitsOf(fleet.server).length === 0 && failuresTold(controller).length > 0);
  isMended = true;
  assert.is(controller.reconciler.trust.restore(ref, "default/client-1"), 0);
  assert.is(controller.reconciler.trust.restore(ref), 1);
  await until("back", () => unitsOf(fleet.server).join() === `${ref}/receiver active`);
  await until("answers", () => passed(controller, "server", "receiver") > 0);
  await until("ready", () => condition(controller, "Ready") === "True Converged");
});

test("who failed is forgotten when nobody declares that version any more", async ({ world }) => {
  const declared = securedFiles();
  world.source.commit(declared);
  const fleet = fleetOf(world, { "client-1": wrong });
  const controller = await world.controller({ times });
  await reportAll(fleet);
  const distrusted = (): number => controller.reconciler.trust.count().distrusted;
  await until("revoked", () => distrusted() === 1 && unitsOf(fleet["client-1"]).length === 0);
  const [hosts = ""] = declared["fleet.yaml"].split(/---\n(?=.*\nkind: Customization)/);
  world.source.commit({ "fleet.yaml": hosts });
  await until("forgotten", () => distrusted() === 0);
  const record = await world.bus.bucket("record");
  let kept = [""];
  await until("for good", () => {
    void record.keys().then((keys) => (kept = keys.filter((key) => key.startsWith("distrust."))));
    return kept.length === 0;
  });
});

test("a module that never answers has failed when its time is up; one on a host that is away has not", async ({
  world,
}) => {
  world.source.commit(securedFiles());
  const crash = problem("engine.crashed", { engine: "layer45", reason: "for the test" });
  const fleet = fleetOf(world, { "client-1": () => ({ kind: "nack", problem: crash }) });
  const controller = await world.controller({ times });
  await reportAll(fleet);
  await until("all are asked", () => passed(controller, "client-2", "sender") > 0);
  fleet["client-2"].daemon.stop();
  await until("late", () => failuresTold(controller).length > 0 && unitsOf(fleet["client-1"]).length === 0);
  assert.match(failuresTold(controller)[0] ?? "", /no answer within \d+ ms/);
  await until("away", () => !controller.reconciler.fleet.isThere("default/client-2"));
  await until(
    "the server goes on for longer than the deadline",
    () => passed(controller, "server", "receiver") > 30,
  );
  assert.is(failuresTold(controller).length, 1);
});

test("who leads next knows who failed, and asks everybody at first", async ({ world }) => {
  world.source.commit(securedFiles({ interval: "1h" }));
  const fleet = fleetOf(world, { "client-1": wrong });
  const first = await world.controller({ times });
  await reportAll(fleet);
  await until("revoked", () => unitsOf(fleet["client-1"]).length === 0 && failuresTold(first).length > 0);
  const asked = fleet.server.guests.asked;
  assert.is(asked, 1);
  await first.stop();
  const second = await world.controller({ times, leadership: new FakeLeadership(7) });
  await until("asked by the second", () => fleet.server.guests.asked === 2);
  await until("told", () => condition(second, "Ready") === "False ChallengeFailed");
  assert.equal(unitsOf(fleet["client-1"]), []);
  assert.is(fleet["client-1"].daemon.commands.filter(({ verb }) => verb === "install").length, 1);
  world.source.commit(securedFiles({ interval: "2h" }));
  await until(
    "declared anew",
    () => fleet["client-1"].daemon.commands.filter(({ verb }) => verb === "install").length === 2,
  );
});

test("keys are in no report, status, event, plan or detail that the controller gives", async ({ world }) => {
  world.source.commit(securedFiles());
  const fleet = fleetOf(world);
  const controller = await world.controller({ times });
  await reportAll(fleet);
  await until("answers", () => passed(controller, "server", "receiver") > 0);
  const { hostItems, objectDetail, plan } = await import("../../../controller/api/views.ts");
  const { reconciler } = controller;
  fleet.server.daemon.model.apply({ verb: "revoke", unit: `${ref}/receiver` });
  await fleet.server.daemon.report();
  const said = JSON.stringify([
    plan(reconciler),
    hostItems(reconciler, { withUnits: true }),
    objectDetail(reconciler, ref),
    reconciler.events.list(),
  ]);
  for (const { guests } of Object.values(fleet)) {
    for (const content of guests.keys.values()) {
      const key = Buffer.from(content.subarray(4));
      for (const encoding of ["hex", "base64", "base64url"] as const)
        assert.not.ok(said.includes(key.toString(encoding).slice(0, 20)), encoding);
    }
  }
  const stored = await (await world.bus.bucket("blobs")).keys();
  for (const { daemon } of Object.values(fleet)) {
    for (const command of daemon.commands) {
      if (command.verb !== "install") continue;
      const instance = command.unit.artifacts.find((artifact) => artifact.private);
      assert.not.ok(await world.bus.blobs.has(instance?.digest ?? ""), "no blob");
      assert.not.ok(stored.some((key) => key.includes(instance?.digest ?? "?")));
    }
  }
});

test.run();

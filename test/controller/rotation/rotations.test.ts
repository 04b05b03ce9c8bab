import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Bucket, MemoryBus } from "../../../bus/mod.ts";
import type { RunningController } from "../../../controller/mod.ts";
import { fail, type ObservedUnit, problem } from "../../../schemas/mod.ts";
import type { FakeDaemon } from "../fake-daemon.ts";
import { FakeLeadership } from "../fixtures.ts";
import { until } from "../until.ts";
import { type StartOptions, World } from "../world.ts";
import { rotationFiles } from "./rotation-files.ts";

const test = suite<{ world: World }>("rotations on a fleet");
test.before.each((context) => {
  context.world = new World();
});
test.after.each(({ world }) => world.end());

const rotation = "CustomizationRotation/default/dns";
type Daemons = Record<"client-1" | "client-2" | "server", FakeDaemon>;

async function daemonsOf(world: World): Promise<Daemons> {
  const daemon = (name: string): FakeDaemon => world.daemon({ host: `default/${name}` });
  return { "client-1": daemon("client-1"), "client-2": daemon("client-2"), server: daemon("server") };
}

async function reportAll(daemons: Daemons): Promise<void> {
  for (const daemon of Object.values(daemons)) await daemon.report();
}

const unitsOf = (daemon: FakeDaemon): string =>
  daemon.model
    .list()
    .map(({ id, state, priority }) => `${id.split("/")[2]} ${state} ${priority}`)
    .sort()
    .join(", ");
const isEverywhere = (daemons: Daemons, units: string): boolean =>
  Object.values(daemons).every((daemon) => unitsOf(daemon) === units);
const reasonsOf = ({ reconciler }: RunningController): string[] =>
  reconciler.events
    .list()
    .filter(({ object }) => object === rotation)
    .map(({ reason }) => reason);

async function atRest(world: World, options: StartOptions = {}) {
  world.source.commit(rotationFiles());
  const daemons = await daemonsOf(world);
  const controller = await world.controller(options);
  await reportAll(daemons);
  await until("the first is in force", () => isEverywhere(daemons, "tag active 10"));
  await until("at rest", () => controller.reconciler.rotations.get(rotation)?.record.current === "tag");
  return { controller, daemons };
}

test("a commit moves every flow, receivers before senders, and takes the old one off", async ({ world }) => {
  const { controller, daemons } = await atRest(world);
  const order: string[] = [];
  for (const [name, { model }] of Object.entries(daemons)) {
    const apply = model.apply.bind(model);
    model.apply = (command) => {
      const unit = command.verb === "install" ? command.unit.id : command.unit;
      if (command.verb !== "prioritize" || unit.includes("compress"))
        order.push(`${command.verb} ${unit} ${name}`);
      return apply(command);
    };
  }
  world.source.commit(rotationFiles({ current: "compress" }));
  await until("moved", () => isEverywhere(daemons, "compress active 10"));
  const at = (step: string): number => order.findIndex((each) => each.startsWith(step));
  const last = (step: string): number => order.findLastIndex((each) => each.startsWith(step));
  const sender = (verb: string, member: string) => `${verb} Customization/default/${member}/sender`;
  const receiver = (verb: string, member: string) => `${verb} Customization/default/${member}/receiver`;
  assert.ok(last(receiver("activate", "compress")) < at(sender("install", "compress")));
  assert.ok(last(sender("activate", "compress")) < at(receiver("prioritize", "compress")));
  assert.ok(last(receiver("prioritize", "compress")) < at(sender("prioritize", "compress")));
  assert.ok(last(sender("prioritize", "compress")) < at(sender("deprecate", "tag")));
  assert.ok(last(sender("revoke", "tag")) < at(receiver("deprecate", "tag")));
  await until("told", () => reasonsOf(controller).filter((reason) => reason === "RotationDone").length > 0);
  await until("ready", () => {
    const conditions = controller.reconciler.board.get(rotation)?.conditions ?? [];
    return conditions.some(({ reason, message }) => reason === "AtRest" && message.startsWith("compress"));
  });
});

test("a host that is away fails the rotation at its deadline; the others are put back, and it too when it returns", async ({
  world,
}) => {
  const { controller, daemons } = await atRest(world);
  daemons["client-2"].stop();
  world.source.commit(rotationFiles({ current: "compress", deadline: "1s" }));
  await until("put back", () => reasonsOf(controller).includes("RotationFailed"));
  await until("tag in front", () => unitsOf(daemons["client-1"]) === "tag active 10");
  assert.match(
    unitsOf(daemons.server),
    /compress active 20/,
    "as long as the one away may write it, it is read",
  );
  const back = world.daemon({
    host: "default/client-2",
    boot: "boot-2",
    units: daemons["client-2"].model.list(),
  });
  await back.report();
  await until("right", () => isEverywhere({ ...daemons, "client-2": back }, "tag active 10"));
});

for (const [slow, other] of [
  ["client-1", "client-2"],
  ["client-2", "client-1"],
] as const) {
  test(`a step is done on all hosts at once, and the next waits for the last of them: ${slow}`, async ({
    world,
  }) => {
    const { daemons } = await atRest(world);
    let open = (): void => undefined;
    daemons[slow].hold(new Promise((resolve) => (open = resolve)));
    world.source.commit(rotationFiles({ current: "compress" }));
    const both = "compress active 20, tag active 10";
    await until("the other is through", () => unitsOf(daemons[other]) === both);
    // What follows from that would be asked for by now: the controller has taken in that nothing more has changed.
    for (const name of [other, "server"] as const) for (const _ of [1, 2]) await daemons[name].report();
    assert.equal(
      [slow, other, "server"].map((name) => unitsOf(daemons[name as keyof Daemons])),
      ["tag active 10", both, both],
    );
    open();
    await until("moved", () => isEverywhere(daemons, "compress active 10"));
  });
}

const flaws: [what: string, spoil: (unit: ObservedUnit) => void][] = [
  [
    "with a problem",
    (unit) => {
      unit.problem = problem("unit.faulted", { unit: unit.id, reason: "it failed" });
    },
  ],
  [
    "of another version",
    (unit) => {
      unit.digest = "0".repeat(64);
    },
  ],
];
for (const [what, spoil] of flaws) {
  test(`a receiver that shows its module ${what} cannot read, and no sender is given it`, async ({
    world,
  }) => {
    const { daemons } = await atRest(world);
    const { model } = daemons.server;
    let isSpoilt = true;
    const list = model.list.bind(model);
    model.list = () =>
      list().map((unit) => {
        if (isSpoilt && unit.id.includes("compress")) spoil(unit);
        return unit;
      });
    world.source.commit(rotationFiles({ current: "compress" }));
    await until("the server has it", () => unitsOf(daemons.server) === "compress active 20, tag active 10");
    for (let count = 0; count < 3; count++) await reportAll(daemons);
    assert.equal(
      [unitsOf(daemons["client-1"]), unitsOf(daemons["client-2"])],
      ["tag active 10", "tag active 10"],
    );
    isSpoilt = false;
    await daemons.server.report();
    await until("moved", () => isEverywhere(daemons, "compress active 10"));
  });
}

test("no host hears of what is decided before it is written down", async ({ world }) => {
  let written = Promise.resolve();
  let asked = 0;
  const bus = withBucket(world.bus.join(), "record", (bucket) => ({
    update: async (key, ...given) => {
      if (key === `rotation.${rotation}`) {
        asked += 1;
        await written;
      }
      return await bucket.update(key, ...given);
    },
  }));
  const { daemons } = await atRest(world, { bus });
  let write = (): void => undefined;
  written = new Promise((resolve) => (write = resolve));
  const before = asked;
  world.source.commit(rotationFiles({ current: "compress" }));
  try {
    await until("it is to be written down", () => asked > before);
    for (let count = 0; count < 3; count++) await reportAll(daemons);
    assert.ok(isEverywhere(daemons, "tag active 10"));
  } finally {
    write();
  }
  await until("moved", () => isEverywhere(daemons, "compress active 10"));
});

test("a controller that takes over in the middle goes on from what was decided", async ({ world }) => {
  const { controller, daemons } = await atRest(world);
  let open = (): void => undefined;
  daemons["client-1"].hold(new Promise((resolve) => (open = resolve)));
  world.source.commit(rotationFiles({ current: "compress" }));
  await until("under way", () => unitsOf(daemons["client-2"]).includes("compress active 20"));
  await controller.stop();
  open();
  const second = await world.controller({ leadership: new FakeLeadership(7) });
  await until("moved", () => isEverywhere(daemons, "compress active 10"));
  await until("done", () => second.reconciler.rotations.get(rotation)?.record.current === "compress");
  assert.equal(
    second.reconciler.rotations.get(rotation)?.record.history.map(({ to, outcome }) => `${to} ${outcome}`),
    ["tag done", "compress done"],
  );
});

test("a leader that finds an entry it cannot read sets it aside, says so, and goes on from what hosts have", async ({
  world,
}) => {
  const { controller, daemons } = await atRest(world);
  let open = (): void => undefined;
  daemons["client-1"].hold(new Promise((resolve) => (open = resolve)));
  world.source.commit(rotationFiles({ current: "compress" }));
  await until("under way", () => unitsOf(daemons["client-2"]).includes("compress active 20"));
  await controller.stop();
  const bucket = await world.bus.bucket("record");
  await bucket.put(`rotation.${rotation}`, Buffer.from('{"record":{"stages":'));
  open();
  const second = await world.controller({ leadership: new FakeLeadership(7) });
  await until("moved", () => isEverywhere(daemons, "compress active 10"));
  await until("told", () => reasonsOf(second).includes("RecordLost"));
  const aside = await bucket.get(`rotation-aside.${rotation}`);
  assert.is(aside && Buffer.from(aside.value).toString(), '{"record":{"stages":');
});

test("what was decided of a rotation that leaves the source while nobody leads is forgotten", async ({
  world,
}) => {
  const { controller } = await atRest(world);
  await controller.stop();
  const { "rotation.yaml": _, ...others } = rotationFiles();
  world.source.commit(others);
  const bucket = await world.bus.bucket("record");
  assert.ok(await bucket.get(`rotation.${rotation}`));
  await world.controller({ leadership: new FakeLeadership(7) });
  let keys = await bucket.keys();
  await until("forgotten", () => {
    void bucket.keys().then((found) => (keys = found));
    return !keys.includes(`rotation.${rotation}`);
  });
});

test("somebody asks for another by hand", async ({ world }) => {
  const { controller, daemons } = await atRest(world);
  const live = controller.reconciler.rotations.get(rotation)!;
  assert.equal(await controller.reconciler.rotations.rotate(live, "compress"), { kind: "stored" });
  await until("moved", () => isEverywhere(daemons, "compress active 10"));
  world.leadership.set(undefined);
  assert.equal(
    await controller.reconciler.rotations.rotate(live, "tag"),
    { kind: "overtaken" },
    "one that does not lead decides nothing",
  );
});

test("who asks by hand is told when that cannot be written down, and nothing is done of it", async ({
  world,
}) => {
  let isAway = false;
  const bus = withBucket(world.bus.join(), "record", (bucket) => ({
    update: (...given) => (isAway ? unavailable() : bucket.update(...given)),
  }));
  const { controller } = await atRest(world, { bus });
  const live = controller.reconciler.rotations.get(rotation)!;
  isAway = true;
  const saved = await controller.reconciler.rotations.rotate(live, "compress");
  assert.is(saved.kind === "failed" && saved.problem.code, "bus.unavailable");
  assert.is(live.record.move, undefined);
  isAway = false;
  assert.equal(await controller.reconciler.rotations.rotate(live, "compress"), { kind: "stored" });
});

const unavailable = async (): Promise<never> => fail("bus.unavailable", { reason: "it is away" });

/** The bus, with another way to do some of what its bucket of this name does. */
function withBucket(bus: MemoryBus, name: string, other: (bucket: Bucket) => Partial<Bucket>): MemoryBus {
  const bucketOf = async (asked: string): Promise<Bucket> => {
    const bucket = await bus.bucket(asked);
    return asked === name ? instead(bucket, other(bucket)) : bucket;
  };
  return instead(bus, { bucket: bucketOf });
}

function instead<T extends object>(object: T, other: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const own = Reflect.get(name in other ? other : target, name);
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}

test.run();

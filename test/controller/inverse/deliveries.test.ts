import { suite } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../../controller/api/views.ts";
import type { FakeDaemon, FakeDaemonOptions } from "../fake-daemon.ts";
import { until } from "../until.ts";
import { World } from "../world.ts";

const test = suite<{ world: World }>("deliveries to middleboxes");
test.before.each((context) => {
  context.world = new World();
});
test.after.each(({ world }) => world.end());

const ref = "Customization/default/tag";
const inverse = `${ref}/inverse-wireshark-0`;

function files(
  options: { inverse?: boolean; isDeclared?: boolean; rotation?: boolean; swapped?: boolean } = {},
) {
  const hosts = ["client", "server", "box"].map(
    (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
`,
  );
  const reads =
    (options.inverse ?? true)
      ? "  inverse: [{middlebox: wireshark, hosts: {matchNames: [box]}, file: tag.lua}]\n"
      : "";
  const [sender, receiver] = options.swapped ? ["server", "client"] : ["client", "server"];
  const customization = (name: string, priority: number) => `---
apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {wasm: tag.wasm}
  priority: ${priority}
  ends:
    - {role: sender, hosts: {matchNames: [${sender}]}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [${receiver}]}, tap: {protocol: UDP, local: {port: 53}}}
${reads}`;
  const rotation = `---
apiVersion: netloom.dev/v1alpha1
kind: CustomizationRotation
metadata: {name: dns}
spec: {through: [tag, other], current: tag, overlap: 20ms}
`;
  return {
    "fleet.yaml": [
      ...hosts,
      (options.isDeclared ?? true) ? customization("tag", 1) : "",
      options.rotation ? customization("other", 2) + rotation : "",
    ].join(""),
    "tag.wasm": Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    "tag.lua": "-- reads it\n",
  };
}

interface Daemons {
  client: FakeDaemon;
  server: FakeDaemon;
  box: FakeDaemon;
}

/** What each host did, in the order of all. */
function daemonsOf(world: World, box: FakeDaemonOptions = {}): { daemons: Daemons; done: string[] } {
  const done: string[] = [];
  const daemon = (name: string, more: FakeDaemonOptions = {}) =>
    world.daemon({
      host: `default/${name}`,
      ...more,
      after: ({ commands }) => {
        for (const command of commands) {
          if (command.verb === "install") done.push(`install ${name}`);
          if (command.verb === "revoke") done.push(`revoke ${name}`);
        }
      },
    });
  return { daemons: { client: daemon("client"), server: daemon("server"), box: daemon("box", box) }, done };
}

async function reportAll({ client, server, box }: Daemons): Promise<void> {
  for (const daemon of [client, server, box]) await daemon.report();
}
const idsOf = ({ model }: FakeDaemon): string =>
  model
    .list()
    .map(({ id }) => id)
    .join();

test("a middlebox can read a customization before any end has it, and until no end has it any more", async ({
  world,
}) => {
  world.source.commit(files());
  const { daemons, done } = daemonsOf(world);
  const { reconciler } = await world.controller({ allowEmpty: true });
  await reportAll(daemons);
  await until("everywhere", () => done.length === 3);
  assert.is(done[0], "install box");
  assert.is(idsOf(daemons.box), inverse);
  const [install] = daemons.box.commands;
  assert.ok(install?.verb === "install");
  assert.is(install.unit.engine, "inverse", "which hosts have that customize nothing themselves");
  assert.equal(install.unit.spec, { role: "inverse", middlebox: "wireshark" });
  assert.equal(
    install.unit.artifacts.map(({ name }) => name),
    ["plugin"],
  );
  await until("ready", () => reconciler.board.get(ref)?.hosts.ready === 3);
  world.source.commit(files({ isDeclared: false }));
  await until("gone", () => done.length === 6);
  assert.is(done[5], "revoke box");
});

test("a middlebox that is away keeps a customization waiting for a while only", async ({ world }) => {
  world.source.commit(files());
  const { daemons, done } = daemonsOf(world);
  daemons.box.stop();
  const startedAtMs = performance.now();
  await world.controller({ times: { middleboxWaitMs: 700 } });
  await daemons.client.report();
  await daemons.server.report();
  await until("ends", () => done.length === 2);
  assert.ok(performance.now() - startedAtMs >= 700);
  assert.equal([...done].sort(), ["install client", "install server"]);
});

test("an end that is there stays while a middlebox gets a first inverse, or another", async ({ world }) => {
  world.source.commit(files({ inverse: false }));
  const { daemons, done } = daemonsOf(world);
  await world.controller();
  await reportAll(daemons);
  await until("ends", () => done.length === 2);
  world.source.commit(files());
  await until("box", () => done.includes("install box"));
  world.source.commit({ ...files(), "tag.lua": "-- reads it better\n" });
  await until("better", () => done.filter((what) => what === "install box").length === 2);
  world.source.commit(files({ inverse: false }));
  // Ends may still send what the middlebox was to read; they stay, so what reads it has to.
  assert.is(done.filter((what) => what.startsWith("revoke")).length, 0);
});

test("a controller that has not seen it declared keeps what reads a customization until no end has it any more", async ({
  world,
}) => {
  world.source.commit(files());
  const { daemons, done } = daemonsOf(world);
  const { reconciler, stop } = await world.controller();
  await reportAll(daemons);
  await until("ready", () => reconciler.board.get(ref)?.hosts.ready === 3);
  await stop();
  world.source.commit(files({ isDeclared: false }));
  let release = (): void => undefined;
  daemons.client.hold(
    new Promise((done) => {
      release = done;
    }),
  );
  await world.controller();
  await until("one end is gone", () => done.includes("revoke server"));
  release();
  await until("all are gone", () => done.length === 6);
  assert.is(done[5], "revoke box");
});

test("what is not declared to read a customization any more leaves with it, wherever its ends are by then", async ({
  world,
}) => {
  world.source.commit(files());
  const { daemons, done } = daemonsOf(world);
  const { reconciler } = await world.controller();
  await reportAll(daemons);
  await until("ready", () => reconciler.board.get(ref)?.hosts.ready === 3);
  world.source.commit(files({ inverse: false }));
  await until("without it", () => reconciler.board.get(ref)?.hosts.desired === 2);
  world.source.commit(files({ inverse: false, swapped: true }));
  await until("nothing is left to do", () => done.length === 7 && plan(reconciler).hosts.length === 0);
  assert.not.ok(done.includes("revoke box"), "it is needed still");
  world.source.commit(files({ isDeclared: false }));
  await until("all are gone", () => done.length === 10);
  assert.is(done[9], "revoke box");
});

test("what reads a member of a rotation is there whichever member is in force", async ({ world }) => {
  world.source.commit(files({ rotation: true }));
  const { daemons } = daemonsOf(world);
  await world.controller();
  await reportAll(daemons);
  await until("both are read", () => idsOf(daemons.box).split(",").length === 2);
  await until("one is in force", () => idsOf(daemons.client) === `${ref}/sender`);
  assert.is(idsOf(daemons.server), `${ref}/receiver`);
});

test.run();

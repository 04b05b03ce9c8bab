import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { standardModules } from "../../../cli/standard-modules.ts";
import { runController } from "../../../controller/run-controller.ts";
import { type Daemon, startDaemon } from "../../../daemon/daemon.ts";
import { inverseEngine } from "../../../daemon/inverse/mod.ts";
import { layer45Engine } from "../../../daemon/layer45/engine.ts";
import { customizationText, wat } from "../../modules/wat.ts";
import { FakeLeadership, silent } from "../fixtures.ts";
import { until } from "../until.ts";
import { shortTimes, World } from "../world.ts";

interface Context {
  world: World;
  folder: string;
  ends: (() => Promise<void>)[];
}

const test = suite<Context>("challenges of real modules in a real engine");
test.before.each((context) => {
  context.world = new World();
  context.folder = mkdtempSync(join(tmpdir(), "netloom-challenged-"));
  context.ends = [];
});
test.after.each(async ({ world, folder, ends }) => {
  for (const end of ends.reverse()) await end();
  await world.end();
  rmSync(folder, { recursive: true });
});

const host = "default/client";
const customization = (name: string, program: string, priority: number): string => `---
apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: ${name}}
spec:
  module: {${program}}
  priority: ${priority}
  limits: {time: 100ms}
  ends:
    - {role: sender, hosts: {matchNames: [client]}, tap: {protocol: UDP, remote: {port: ${5_000 + priority}}}}
    - {role: receiver, hosts: {matchNames: [elsewhere]}, tap: {protocol: UDP, local: {port: ${5_000 + priority}}}}
  security: {challenge: 200ms}
`;

const answering = (respond: string): Uint8Array =>
  wat(
    customizationText({
      more: `(func (export "sec_initialize") (param i32))
        (func (export "sec_respond") (param $block i32) (result i32) ${respond})`,
    }),
  );

const files = {
  "fleet.yaml": ["client", "elsewhere"]
    .map(
      (name, at) => `---
apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
`,
    )
    .join("")
    .concat(
      customization("front", "standard: dns-tag-front", 1),
      customization("tls", "standard: monitor", 2),
      customization("echo", "wasm: echo.wasm", 3),
      customization("mute", "wasm: mute.wasm", 4),
    ),
  // Says back what it was asked: it cannot be read with the key, and lacks the id.
  "echo.wasm": answering("(local.get $block)"),
  "mute.wasm": answering("(loop $ever (br $ever)) (i32.const 0)"),
};

function startOn({ world, folder }: Context): Promise<Daemon> {
  const options = { host, bus: world.bus.join(), stateDir: folder, version: "0.0.0", log: silent };
  return startDaemon({
    ...options,
    engines: [layer45Engine(), inverseEngine({ wireshark: join(folder, "plugins") })],
    describeHost: () => ({ kernel: "6.18", interfaces: [] }),
  });
}

test("modules that are what they were answer, before and after their daemon is started anew; others are taken off", async (context) => {
  const { world, folder, ends } = context;
  world.source.commit(files);
  let daemon = await startOn(context);
  ends.push(() => daemon.stop());
  const times = { ...shortTimes, commandTimeoutMs: 10_000, awayAfterMs: 5_000, challengeDeadlineMs: 60_000 };
  const controller = await runController({
    source: world.source,
    bus: world.bus.join(),
    leadership: new FakeLeadership(1),
    modules: standardModules,
    log: silent,
    times,
  });
  ends.push(() => controller.stop());
  await controller.ready;
  const { trust, events } = controller.reconciler;
  const passed = (name: string): number =>
    trust.challenges.get(host, `Customization/default/${name}/sender`)?.passed ?? 0;
  const failed = (): string[] =>
    events
      .list()
      .filter(({ reason }) => reason === "ChallengeFailed")
      .map(({ object }) => object)
      .sort();
  await until("answered", () => passed("front") >= 2 && passed("tls") >= 2);
  await until("failed", () => failed().length === 2);
  assert.equal(failed(), ["Customization/default/echo", "Customization/default/mute"]);
  const units = (): string =>
    daemon
      .status()
      .units.map(({ id, problem }) => `${id.split("/")[2]}${problem ? " !" : ""}`)
      .sort()
      .join();
  await until("revoked", () => units() === "front,tls");

  await daemon.stop();
  daemon = await startOn(context);
  const before = passed("front");
  await until("answered anew", () => passed("front") >= before + 2);
  assert.equal(failed().length, 2);
  assert.is(units(), "front,tls");
  const keys = readdirSync(join(folder, "blobs")).filter(
    (name) => readFileSync(join(folder, "blobs", name)).length === 36,
  );
  assert.is(keys.length, 2, "the keys of modules that were taken off are gone");
});

test.run();

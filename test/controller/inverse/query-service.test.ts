import { suite } from "uvu";
import * as assert from "uvu/assert";
import { codecs, type HostReport, type InverseReply, subjects } from "../../../bus/mod.ts";
import { QueryService } from "../../../controller/inverse/query-service.ts";
import { runController } from "../../../controller/run-controller.ts";
import { WorkerReader } from "../../../middlebox/worker-reader.ts";
import type { SeenFlow, Unit } from "../../../schemas/mod.ts";
import { stripTag } from "../../middlebox/strip-tag.ts";
import { FakeLeadership, modules, silent } from "../fixtures.ts";
import { until } from "../until.ts";
import { shortTimes, World } from "../world.ts";

interface Context {
  world: World;
  reader: WorkerReader;
  stops: (() => Promise<void>)[];
}

const test = suite<Context>("middleboxes that ask");
test.before.each((context) => {
  context.world = new World();
  context.reader = new WorkerReader();
  context.stops = [];
});
test.after.each(async ({ world, reader, stops }) => {
  for (const stop of stops) await stop();
  await world.end();
  await reader.close();
});

const files = () => ({
  "fleet.yaml": ["client", "server", "box"]
    .map(
      (name, at) => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec: {interfaces: [{name: eth0, mac: "02:00:00:00:02:0${at}", addresses: [10.0.1.${at + 1}/24]}]}
---
`,
    )
    .join("")
    .concat(`apiVersion: netloom.dev/v1alpha1
kind: Customization
metadata: {name: tag}
spec:
  module: {wasm: tag.wasm}
  ends:
    - {role: sender, hosts: {matchNames: [client]}, tap: {protocol: UDP, remote: {port: 53}}}
    - {role: receiver, hosts: {matchNames: [server]}, tap: {protocol: UDP, local: {port: 53}}}
  inverse: [{middlebox: wireshark, hosts: {matchNames: [box]}, file: tag.lua}]
`),
  "tag.wasm": stripTag(),
  "tag.lua": "-- reads it\n",
});

const flow: SeenFlow = {
  protocol: "UDP",
  source: { address: "10.0.1.1", port: 4_000 },
  destination: { address: "10.0.1.2", port: 53 },
};

async function fleetThatWorks({ world, reader, stops }: Context) {
  world.source.commit(files());
  const daemons = ["client", "server", "box"].map((name) => world.daemon({ host: `default/${name}` }));
  const leadership = new FakeLeadership(1);
  const bus = world.bus.join();
  const options = { source: world.source, bus, leadership, modules, log: silent, times: shortTimes, reader };
  const controller = await runController(options);
  stops.push(() => controller.stop());
  await controller.ready;
  for (const daemon of daemons) await daemon.report();
  await until("installed", () => daemons.every(({ model }) => model.list()[0]?.state === "active"));
  const { reconciler } = controller;
  const { board } = reconciler;
  await until("ready", () => board.get("Customization/default/tag")?.hosts.ready === 3);
  const ask = async (host: string, message: string, of: SeenFlow = flow): Promise<InverseReply> => {
    const subject = subjects.inverse(host);
    const messages = [Buffer.from(message).toString("base64")];
    const payload = codecs.inverseQuery.encode({ host, flow: of, messages });
    return codecs.inverseReply.decode(
      await world.bus.request(subject, payload, { timeoutMs: 10_000 }),
      subject,
    );
  };
  return { reconciler, ask, leadership };
}

const said = (reply: InverseReply): string =>
  reply.kind === "plain"
    ? `${reply.customization} ${reply.messages.map((text) => Buffer.from(text, "base64").toString()).join()}`
    : reply.problem.code;

test("a middlebox is told what a message says; of a message that nobody reads there is an alert", async (context) => {
  const { ask, reconciler } = await fleetThatWorks(context);
  assert.is(said(await ask("default/box", "Xtagtag:question")), "Customization/default/tag question");
  const alerts = (): string[] =>
    reconciler.events
      .list()
      .filter(({ reason }) => reason === "UnknownCustomization")
      .map(({ type, object, count }) => `${type} ${object} ${count}`);
  assert.equal(alerts(), []);
  assert.is(said(await ask("default/box", "?? what is it")), "inverse.unknown");
  const elsewhere = { ...flow, destination: { address: "10.0.1.2", port: 99 } };
  assert.is(said(await ask("default/box", "Xtagtag:question", elsewhere)), "inverse.unknown");
  assert.is(alerts().length, 2);
  // Another flow to the same service is no other alert.
  const again = { ...flow, source: { address: "10.0.1.1", port: 4_001 } };
  assert.is(said(await ask("default/box", "?? what is it", again)), "inverse.unknown");
  assert.ok(alerts().includes("Warning Host/default/box 2"));
  const metrics = await reconciler.metrics.registry.metrics();
  assert.match(metrics, 'netloom_inverse_queries_total{result="plain"} 1');
  assert.match(metrics, 'netloom_inverse_queries_total{result="inverse.unknown"} 3');
});

test("a host that no customization names as a middlebox's is refused", async (context) => {
  const { ask } = await fleetThatWorks(context);
  assert.is(said(await ask("default/client", "Xtagtag:question")), "inverse.not-a-middlebox");
});

test("a host that asks without end is slowed down, and others are not", async (context) => {
  const { ask } = await fleetThatWorks(context);
  const codes = new Set<string>();
  for (let at = 0; at < 60 && !codes.has("inverse.hasty"); at++) {
    const asked = Array.from({ length: 50 }, () => ask("default/client", "Xtagtag:question").then(said));
    for (const code of await Promise.all(asked)) codes.add(code);
  }
  assert.equal([...codes], ["inverse.not-a-middlebox", "inverse.hasty"]);
  assert.is(said(await ask("default/box", "Xtagtag:question")), "Customization/default/tag question");
});

test("a host that asks about many flows that nobody reads raises some alerts, and then one a second", async (context) => {
  const { ask, reconciler } = await fleetThatWorks(context);
  const started = performance.now();
  const flows = Array.from({ length: 60 }, (_, at) => ({
    ...flow,
    destination: { address: "10.0.1.2", port: 100 + at },
  }));
  const codes = await Promise.all(flows.map((each) => ask("default/box", "?? what is it", each).then(said)));
  assert.equal([...new Set(codes)], ["inverse.unknown"], "each is answered");
  const alerts = reconciler.events.list().filter(({ reason }) => reason === "UnknownCustomization").length;
  const most = 20 + Math.ceil((performance.now() - started) / 1_000);
  assert.ok(alerts >= 20 && alerts <= most, `${alerts} of at most ${most}`);
});

test("what a module makes of a message is not sent when it is too much", async ({ world }) => {
  const made = async (bytes: number): Promise<string> => {
    const unit: Unit = {
      id: "Customization/default/tag/receiver",
      engine: "layer45",
      digest: "0".repeat(64),
      spec: { role: "receiver", tap: { protocol: "UDP", local: {}, remote: {} } } as unknown as Unit["spec"],
      artifacts: [{ name: "module", digest: "1".repeat(64), bytes: 1 }],
    };
    const seen = { id: unit.id, engine: unit.engine, digest: unit.digest, priority: 1, state: "active" };
    const service = new QueryService({
      bus: world.bus,
      reader: { read: async () => ({ kind: "plain", messages: [new Uint8Array(bytes)] }) },
      hosts: () => [
        {
          id: "default/server",
          addresses: ["10.0.1.2/24"],
          units: [{ unit, priority: 1, state: "active" }],
          report: { units: [seen] } as unknown as HostReport,
        },
      ],
      isMiddlebox: () => true,
      readModule: async () => new Uint8Array(),
      onEvent: () => undefined,
      onAnswer: () => undefined,
    });
    const reply = await service.answer({ host: "default/box", flow, messages: ["aaaa"] });
    return reply.kind === "plain" ? reply.kind : reply.problem.code;
  };
  assert.is(await made(4 << 20), "plain");
  assert.is(await made((4 << 20) + 1), "inverse.failed");
});

test("only who leads answers", async (context) => {
  const { ask, leadership } = await fleetThatWorks(context);
  leadership.set(undefined);
  const asked = ask("default/box", "Xtagtag:question");
  assert.match(await asked.then(said, ({ message }: Error) => message), /nobody|answer/i);
});

test.run();

/** One host of the fleet has been taken over: it has its key, a raw client, and no manners. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { connect, type NatsConnection, nkeyAuthenticator, nkeys } from "nats";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bus,
  type BusIdentity,
  codecs,
  type HostReport,
  limits,
  natsAuthorization,
  seedFileName,
  subjects,
} from "../../bus/mod.ts";
import { ObservedFleet } from "../../controller/observed.ts";
import { rejectsWith } from "./contract.ts";
import { eventually } from "./eventually.ts";
import { NatsServer } from "./nats-server.ts";

const evil = "default/evil";
const good = "default/good";
const host = (id: string): BusIdentity => ({ role: "host", host: id });

interface World {
  keys: string;
  server: NatsServer;
  controller: Bus;
  daemon: Bus;
  hostile: NatsConnection;
  fleet: ObservedFleet;
  /** Hosts whose reports the controller believed, and problems it was told. */
  believed: string[];
  problems: string[];
  logged: string[];
}

const test = suite<World>("a hostile host");

test.before(async (world) => {
  const keys = mkdtempSync(join(tmpdir(), "netloom-hostile-"));
  const identities: BusIdentity[] = [{ role: "controller" }, host(evil), host(good)];
  const users = identities.map((identity) => {
    const pair = nkeys.createUser();
    writeFileSync(join(keys, seedFileName(identity)), pair.getSeed());
    return { identity, publicKey: pair.getPublicKey() };
  });
  const server = await NatsServer.start(natsAuthorization(users));
  const signIn = (identity: BusIdentity, problems: string[] = []): Promise<Bus> =>
    server.join({
      identity,
      auth: { kind: "nkey", seedFile: join(keys, seedFileName(identity)) },
      onProblem: ({ code }) => problems.push(code),
    });
  const problems: string[] = [];
  const believed: string[] = [];
  const logged: string[] = [];
  const log = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const controller = await signIn({ role: "controller" }, problems);
  const fleet = await ObservedFleet.start(
    controller,
    {
      onReport: (report) => void believed.push(report.host),
      onHeartbeat: ({ host: id }) => void believed.push(id),
    },
    { ...log, warn: (_fields, text) => void logged.push(text) },
  );
  const seed = readFileSync(join(keys, seedFileName(host(evil))));
  const hostile = await connect({ servers: server.url, authenticator: nkeyAuthenticator(seed) });
  Object.assign(world, { keys, server, controller, fleet, hostile, believed, problems, logged });
  world.daemon = await signIn(host(good));
});

test.after(async ({ controller, daemon, hostile, server, fleet, keys }) => {
  fleet.stop();
  await Promise.all([controller.close(), daemon.close(), hostile.close()]);
  await server.remove();
  rmSync(keys, { recursive: true });
});

function reportOf(id: string, sequence: number): HostReport {
  const capabilities = { kernel: "6", netloom: "0", interfaces: [], engines: [] };
  return { host: id, boot: "b", sequence, term: 1, capabilities, units: [] };
}

/** A good host's report is taken, in spite of whatever goes on. */
async function reportIsTaken(world: World, sequence: number): Promise<void> {
  const payload = codecs.hostReport.encode(reportOf(good, sequence));
  const answer = await world.daemon.request(subjects.report(good), payload, { timeoutMs: 20_000 });
  assert.is(codecs.reportReply.decode(answer, subjects.report(good)).kind, "ack");
}

const bomb = gzipSync(Buffer.alloc(limits.reportBytesMax - 1, "["), { level: 9 });
const hugeBomb = gzipSync(Buffer.alloc(10 * limits.reportBytesMax, " "), { level: 9 });

test("cannot keep a controller from others by bombs, noise and floods of reports and heartbeats", async (world) => {
  const { hostile, logged, believed } = world;
  const own = codecs.hostReport.encode(reportOf(evil, 1));
  const forged = codecs.hostReport.encode(reportOf(good, 999));
  const noise = [bomb, hugeBomb, Buffer.from("{"), Buffer.alloc(1_000_000, "x"), forged, Buffer.alloc(0)];
  for (let round = 0; round < 200; round++) {
    const payload = noise[round % noise.length] as Uint8Array;
    hostile.publish(subjects.report(evil), payload);
    hostile.publish(subjects.heartbeat(evil), payload);
  }
  for (let i = 0; i < 5_000; i++) hostile.publish(subjects.report(evil), own);
  await hostile.flush();
  await reportIsTaken(world, 1);
  assert.ok(logged.length < 60, `${logged.length} lines were logged`);
  await eventually(() => believed.includes(good), "the good host's report is seen");
});

test("cannot answer for another, nor answer twice, nor make an answer do harm", async ({
  controller,
  hostile,
}) => {
  const batch = { host: evil, term: 1, commands: [] };
  const seen: string[] = [];
  const answers = [
    codecs.commandReply.encode({ host: good, term: 1, boot: "b", sequence: 1, results: [] }),
    gzipSync(Buffer.alloc(limits.replyBytesMax * 4, " ")),
    Buffer.from('{"host":"default/evil","term":1e300}'),
    Buffer.from(
      JSON.stringify({ host: evil, term: limits.termMax + 1, boot: "b", sequence: 1, results: [] }),
    ),
  ];
  const commands = hostile.subscribe(subjects.command(evil), {
    callback: (_, message) => {
      seen.push(message.reply ?? "");
      const answer = answers[(seen.length - 1) % answers.length] as Uint8Array;
      for (let i = 0; i < 1_000; i++) message.respond(answer);
      // What is known of one request helps nobody to answer another host's.
      hostile.publish((message.reply ?? "").replace(".evil.", ".good."), answer);
    },
  });
  await hostile.flush();
  for (const _ of answers) {
    const subject = subjects.command(evil);
    const reply = await controller.request(subject, codecs.commandBatch.encode(batch), { timeoutMs: 60_000 });
    assert.throws(() => codecs.commandReply.decode(reply, subject), /malformed/);
  }
  assert.is(new Set(seen).size, answers.length);
  const secrets = seen.map((subject) => subject.split(".").at(-1) as string);
  assert.ok(secrets.every((secret) => secret.length === 16));
  commands.unsubscribe();
  await rejectsWith(
    controller.request(subjects.command(evil), new Uint8Array(), { timeoutMs: 500 }),
    "bus.unavailable",
  );
});

test("cannot keep others from their blobs by asking for all of them without end", async ({
  controller,
  daemon,
  hostile,
}) => {
  const serving = await controller.blobs.serve();
  const large = await controller.blobs.put(Buffer.alloc(8 * 1024 * 1024, "L"));
  const small = await controller.blobs.put(Buffer.from("small"));
  const want = Buffer.from(JSON.stringify({ digest: large }));
  const wantAbsent = (i: number): Uint8Array =>
    Buffer.from(JSON.stringify({ digest: i.toString(16).padStart(64, "0") }));
  for (let i = 0; i < 2_000; i++) {
    hostile.publish(subjects.blobWant(host(evil)), want);
    hostile.publish(subjects.blobWant(host(evil)), wantAbsent(i));
  }
  await hostile.flush();
  const got = await daemon.blobs.get(small, { timeoutMs: 20_000 });
  assert.is(Buffer.from(got).toString(), "small");
  serving.unsubscribe();
});

test("leaves a controller that is as fast as before", async (world) => {
  await reportIsTaken(world, 2);
  assert.is(world.controller.state, "connected");
  assert.not(world.believed.some((id) => id !== good && id !== evil));
});

test.run();

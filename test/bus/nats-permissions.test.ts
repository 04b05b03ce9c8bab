import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect, type NatsConnection, nkeyAuthenticator } from "nats";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, type BusIdentity, buckets, codecs, seedFileName, subjects } from "../../bus/mod.ts";
import { rejectsWith } from "./contract.ts";
import { eventually } from "./eventually.ts";
import { NatsServer } from "./nats-server.ts";

const a = "default/gw-1";
const b = "default/gw-2";
const hostA: BusIdentity = { role: "host", host: a };
const hostB: BusIdentity = { role: "host", host: b };
const controllerRole: BusIdentity = { role: "controller" };
const digest = "ab".repeat(32);
const nothing = new Uint8Array();

interface World {
  keys: string;
  server: NatsServer;
  controller: Bus;
  daemonA: Bus;
  daemonB: Bus;
  /** A host that has its key and none of our manners. */
  hostile: NatsConnection;
  problems: string[];
}

const test = suite<World>("the permissions that netloom prints");

function permissions(keys: string): string {
  const main = resolve(import.meta.dirname, "../../cli/main.js");
  const args = [main, "bus", "permissions", "--keys", keys, "--host", b, "--host", a, "--middlebox", b];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.is(run.status, 0, run.stderr);
  return run.stdout;
}

test.before(async (world) => {
  world.keys = mkdtempSync(join(tmpdir(), "netloom-keys-"));
  world.server = await NatsServer.start(permissions(world.keys));
  world.problems = [];
  const join_ = (identity: BusIdentity, problems: string[] = []): Promise<Bus> =>
    world.server.join({
      identity,
      auth: { kind: "nkey", seedFile: join(world.keys, seedFileName(identity)) },
      onProblem: ({ message }) => problems.push(message),
    });
  world.controller = await join_(controllerRole, world.problems);
  world.daemonA = await join_(hostA);
  world.daemonB = await join_(hostB, world.problems);
  const seed = readFileSync(join(world.keys, seedFileName(hostA)));
  world.hostile = await connect({ servers: world.server.url, authenticator: nkeyAuthenticator(seed) });
});

test.after(async ({ controller, daemonA, daemonB, hostile, server, keys }) => {
  await Promise.all([controller.close(), daemonA.close(), daemonB.close(), hostile.close()]);
  await server.remove();
  rmSync(keys, { recursive: true });
});

/** Resolves to what the server refuses, of all that was tried up to now. */
async function refusals(connection: NatsConnection, attempt: () => void): Promise<string[]> {
  const refused: string[] = [];
  const statuses = connection.status();
  void (async () => {
    for await (const { permissionContext } of statuses) {
      if (permissionContext) refused.push(`${permissionContext.operation} ${permissionContext.subject}`);
    }
  })();
  attempt();
  await connection.flush();
  await connection.flush();
  (statuses as unknown as { stop(): void }).stop();
  return refused.sort();
}

test("secret keys are made once, and are for their owner's eyes", ({ keys }) => {
  const file = join(keys, seedFileName(hostA));
  assert.is(statSync(file).mode & 0o777, 0o600);
  const before = readFileSync(file, "utf8");
  assert.is(permissions(keys), permissions(keys));
  assert.is(readFileSync(file, "utf8"), before);
  assert.not.match(permissions(keys), before.trim());
});

test("let a daemon do all of its work", async ({ controller, daemonA, daemonB }) => {
  const batch = { host: a, term: 1, commands: [] };
  daemonA.subscribe(subjects.command(a), ({ payload, subject }) => {
    const { host, term } = codecs.commandBatch.decode(payload, subject);
    return codecs.commandReply.encode({ host, term, boot: "b", sequence: 1, results: [] });
  });
  await eventually(async () => {
    const asked = controller.request(subjects.command(a), codecs.commandBatch.encode(batch), {
      timeoutMs: 500,
    });
    return asked.then(
      (reply) => codecs.commandReply.decode(reply, subjects.command(a)).host === a,
      () => false,
    );
  }, "the command is answered");

  const heard: string[] = [];
  controller.subscribe(subjects.anyReport, ({ subject }) => {
    heard.push(subject);
    return codecs.reportReply.encode({ kind: "ack" });
  });
  controller.subscribe(subjects.anyHeartbeat, ({ subject }) => void heard.push(subject));
  daemonB.subscribe(subjects.anyPowerFor(b), ({ subject }) => {
    heard.push(subject);
    return codecs.powerReply.encode({ kind: "ack" });
  });
  await eventually(async () => {
    daemonA.publish(subjects.heartbeat(a), nothing);
    return Promise.all([
      daemonA.request(subjects.report(a), nothing, { timeoutMs: 500 }),
      daemonA.request(subjects.power(b, a), nothing, { timeoutMs: 500 }),
    ]).then(
      () => heard.includes(subjects.heartbeat(a)),
      () => false,
    );
  }, "report, power message and heartbeat arrive");

  const content = randomBytes(300_000);
  const stored = await controller.blobs.put(content);
  const serving = await controller.blobs.serve();
  assert.is(Buffer.compare(await daemonA.blobs.get(stored, { timeoutMs: 60_000 }), content), 0);
  serving.unsubscribe();

  const bucket = await controller.bucket(buckets.record);
  assert.ok(await bucket.put("k", nothing));
  assert.equal(await bucket.keys(), ["k"]);
  const queue = await controller.queue("jobs");
  await queue.add(nothing);
  let done = 0;
  const consumer = await queue.consume(async () => void done++);
  await eventually(() => done === 1, "the job is done");
  consumer.unsubscribe();
});

test("let a host with a middlebox ask what messages say, and be answered", async ({
  controller,
  daemonB,
}) => {
  const subject = subjects.inverse(b);
  const asking = controller.subscribe(subjects.anyInverse, ({ subject: of }) => Buffer.from(of));
  await eventually(
    () =>
      daemonB.request(subject, nothing, { timeoutMs: 500 }).then(
        (reply) => Buffer.from(reply).toString() === subject,
        () => false,
      ),
    "the answer comes",
  );
  asking.unsubscribe();
});

const forbiddenToPublish = [
  subjects.inverse(a),
  subjects.inverse(b),
  subjects.command(b),
  subjects.command(a),
  subjects.report(b),
  subjects.heartbeat(b),
  subjects.power(b, b),
  subjects.power(a, b),
  subjects.blobWant(hostB),
  subjects.blobWant(controllerRole),
  subjects.blobData(digest),
  "netloom.reply.default.gw-2._.controller.x.y",
  "netloom.reply._.controller.default.gw-2.x.y",
  "netloom.queue.jobs",
  "$KV.netloom-observed.default.gw-1",
  "$KV.netloom-record.leader",
  "$KV.netloom-blobs.x",
  "$JS.API.INFO",
  "$JS.API.STREAM.LIST",
  "$JS.API.STREAM.DELETE.KV_netloom-record",
  "$JS.API.STREAM.MSG.GET.KV_netloom-record",
  "$JS.API.DIRECT.GET.KV_netloom-record",
  "$JS.API.CONSUMER.CREATE.KV_netloom-observed",
  "$JS.ACK.x",
  "$SYS.REQ.SERVER.PING",
  "_INBOX.controller.x.y",
  "_INBOX.x",
  "anything.else",
];

test("let a daemon say nothing that is another's", async ({ hostile }) => {
  const refused = await refusals(hostile, () => {
    for (const subject of forbiddenToPublish) hostile.publish(subject, nothing);
  });
  assert.equal(refused, forbiddenToPublish.map((subject) => `publish ${subject}`).sort());
});

const forbiddenToHear = [
  subjects.command(b),
  "netloom.command.*.*",
  "netloom.command.default.*",
  "netloom.>",
  ">",
  "*.>",
  subjects.anyReport,
  subjects.report(a),
  subjects.anyHeartbeat,
  subjects.anyPowerFor(b),
  "netloom.power.>",
  subjects.anyInverse,
  "$KV.netloom-record.>",
  "$KV.>",
  subjects.anyBlobWant,
  "netloom.reply.>",
  "netloom.reply.*.*.default.gw-2.>",
  "netloom.reply.default.gw-1.>",
  "netloom.reply.*.*._.controller.>",
  "netloom.queue.>",
  "_INBOX.>",
  "_INBOX.controller.>",
  "$KV.>",
  "$JS.>",
  "$JS.API.>",
  "$JS.EVENT.>",
  "$SYS.>",
];

test("let a daemon hear nothing that is another's", async ({ hostile }) => {
  const refused = await refusals(hostile, () => {
    const callback = (): void => undefined;
    for (const subject of forbiddenToHear) hostile.subscribe(subject, { callback });
  });
  assert.equal(refused, forbiddenToHear.map((subject) => `subscription ${subject}`).sort());
});

test("let nobody in without a key", async ({ server }) => {
  await rejectsWith(server.join(), "bus.refused");
});

test("keep a controller out of the server's own affairs", async ({ controller, problems }) => {
  controller.publish("$SYS.REQ.SERVER.PING", nothing);
  controller.publish("somewhere.else", nothing);
  await eventually(
    () => problems.filter((text) => text.includes("not permitted")).length >= 2,
    "both are refused",
  );
  assert.ok(problems.some((text) => text.includes("$SYS.REQ.SERVER.PING")));
});

test("a refused request says so at once", async ({ daemonA }) => {
  await rejectsWith(daemonA.request(subjects.command(b), nothing, { timeoutMs: 60_000 }), "bus.refused");
});

test("nobody is made to send an answer where the asker itself may not speak", async (world) => {
  const { controller, daemonB, hostile, problems } = world;
  let heard = 0;
  daemonB.subscribe(subjects.command(b), () => void heard++);
  controller.subscribe(subjects.report(a), () => codecs.reportReply.encode({ kind: "ack" }));
  daemonB.subscribe(subjects.anyPowerFor(b), () => codecs.powerReply.encode({ kind: "ack" }));
  const record = await controller.bucket(buckets.record);
  const revision = await record.put("leader", nothing);
  problems.length = 0;
  const replies = [
    subjects.command(b),
    "$KV.netloom-record.leader",
    "netloom.reply.default.gw-2._.controller.x.y",
  ];
  for (const reply of replies) hostile.publish(subjects.report(a), nothing, { reply });
  for (const reply of [subjects.command(b), "netloom.reply._.controller._.controller.x.y"]) {
    hostile.publish(subjects.power(b, a), nothing, { reply });
  }
  await eventually(
    () => problems.filter((text) => text.includes("where no answer to it belongs")).length >= 5,
    "all five are refused",
  );
  assert.is(heard, 0);
  assert.is((await record.get("leader"))?.revision, revision);
});

test("a host with a key of its own in a bucket could overwrite any other: that is why it has none", async () => {
  const allowed = { publish: { allow: ["$KV.netloom-observed.h"] } };
  const users = [
    { user: "c", password: "c" },
    { user: "h", password: "h", permissions: allowed },
  ];
  const server = await NatsServer.start(`authorization { users: ${JSON.stringify(users)} }\n`);
  const bus = await server.join({ auth: { kind: "password", user: "c", password: "c" } });
  const record = await bus.bucket(buckets.record);
  await bus.bucket(buckets.observed);
  await record.put("leader", Buffer.from("a lease"));
  const host = await connect({ servers: server.url, user: "h", pass: "h" });
  host.publish("$KV.netloom-observed.h", nothing, { reply: "$KV.netloom-record.leader" });
  await eventually(async () => {
    const entry = await record.get("leader");
    return Buffer.from(entry?.value ?? nothing)
      .toString()
      .includes("netloom-observed");
  }, "the server's receipt has overwritten the lease");
  await host.close();
  await bus.close();
  await server.remove();
});

test("an asker cannot make a daemon able to speak for another", async ({ hostile }) => {
  // With allow_responses, a message to oneself that names a subject for the answer would open that subject.
  let opened = 0;
  hostile.subscribe(subjects.power(a, a), {
    callback: (_, message) => {
      opened++;
      message.respond(nothing);
    },
  });
  const refused = await refusals(hostile, () => {
    hostile.publish(subjects.power(a, a), nothing, { reply: subjects.command(b) });
  });
  await eventually(() => opened === 1, "the message to oneself arrives");
  const later = await refusals(hostile, () => hostile.publish(subjects.command(b), nothing));
  assert.ok([...refused, ...later].includes(`publish ${subjects.command(b)}`));
});

test.run();

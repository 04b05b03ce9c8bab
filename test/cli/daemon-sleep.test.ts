import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bus, type Command, codecs, subjects } from "../../bus/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { unitDigest } from "../../schemas/mod.ts";
import { eventually } from "../bus/eventually.ts";
import { NatsServer } from "../bus/nats-server.ts";
import { makeLan, onClient, plugHost, ruleUnit, run, sleeperUnit, tryOnClient } from "../daemon/sleep/lan.ts";
import { DaemonProcess } from "./daemon-process.ts";

const host = "default/gw-1";
const timeoutMs = 60_000;
const stateDir = mkdtempSync(join(tmpdir(), "netloom-"));
let nats: NatsServer;
let bus: Bus;
let daemon: DaemonProcess;

const start = () => new DaemonProcess("--bus", nats.url, "--state-dir", stateDir);
const answered = () => / 1 received/.test(tryOnClient("ping -c 1 -W 1 10.9.0.5"));

test.before(async () => {
  makeLan();
  nats = await NatsServer.start();
  bus = await nats.join();
  await bus.blobs.serve();
  bus.subscribe(subjects.anyReport, () => codecs.reportReply.encode({ kind: "ack" }));
});
test.after(async () => {
  await daemon.kill();
  await nats.remove();
  rmSync(stateDir, { recursive: true });
});

async function send(...commands: Command[]): Promise<string[]> {
  const subject = subjects.command(host);
  const payload = codecs.commandBatch.encode({ host, term: 1, commands });
  const reply = codecs.commandReply.decode(await bus.request(subject, payload, { timeoutMs }), subject);
  return reply.results.map(({ outcome }) => (outcome.kind === "ack" ? "ack" : outcome.problem.message));
}

/** A rule whose artifact is in the bus's blob store under its true digest. */
async function publishedRule() {
  const { unit } = ruleUnit({ name: "ping", program: "icmp-echo", layer: "ICMP" });
  const program = standardModule("icmp-echo") as Uint8Array;
  const artifacts = [{ name: "program", digest: await bus.blobs.put(program), bytes: program.length }];
  return { ...unit, artifacts, digest: unitDigest({ ...unit, artifacts }) };
}

test("a host's daemon is told over NATS to stand in for a sleeping host, and answers its pings", async () => {
  daemon = start();
  await eventually(() => daemon.said("bus joined"), `the bus; log: ${daemon.log}`);
  const [sleeper, rule] = [sleeperUnit(), await publishedRule()];
  const codes = await send(
    { id: "1", verb: "install", unit: sleeper, priority: 100 },
    { id: "2", verb: "activate", unit: sleeper.id, digest: sleeper.digest },
    { id: "3", verb: "install", unit: rule, priority: 100 },
    { id: "4", verb: "activate", unit: rule.id, digest: rule.digest },
  );
  assert.equal(codes, ["ack", "ack", "ack", "ack"]);
  const subject = subjects.power(host, "default/nas");
  const asleep = codecs.powerMessage.encode({ host: "default/nas", state: "asleep" });
  const reply = codecs.powerReply.decode(await bus.request(subject, asleep, { timeoutMs }), subject);
  assert.equal(reply, { kind: "ack" });
  plugHost("down");
  assert.match(onClient("ping -c 3 -i 0.2 -W 5 10.9.0.5"), /3 received/);
});

test("killed, and started again without any bus, it answers as before", async () => {
  await bus.close();
  await nats.stop("SIGKILL");
  await daemon.kill();
  run("ip -n client neigh flush dev eth0");
  assert.not.ok(answered());
  daemon = start();
  await eventually(answered, `a ping that is answered; log: ${daemon.log}`);
});

test("told to stop it leaves the network as it was, and the host answers for itself once it is back", async () => {
  assert.is(await daemon.stop(), 0);
  run("ip -n client neigh flush dev eth0");
  assert.not.ok(answered());
  plugHost("up");
  await eventually(answered, "the host's own answer");
});

test.run();

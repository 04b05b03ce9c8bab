/**
 * A daemon, its bus and a controller that never rests, in one process that is there to be killed. Says on its output,
 * a JSON line each, what batch it sends and when that was acked.   usage: crash-child.js STATE_DIR
 */
import { writeSync } from "node:fs";
import { type Command, codecs, memoryBus, subjects } from "../../bus/mod.ts";
import { startDaemon } from "../../daemon/daemon.ts";
import { FakeEngine, fakeUnit } from "./fake-engine.ts";
import { host, quiet } from "./fixture.ts";

const bus = memoryBus();
const digests = await Promise.all(["artone1", "arttwo2"].map((text) => bus.blobs.put(Buffer.from(text))));
const engine = new FakeEngine();
await startDaemon({
  host,
  bus: bus.join(),
  stateDir: process.argv[2] as string,
  engines: [engine],
  describeHost: () => ({ kernel: "6.18.0", interfaces: [] }),
  version: "0.0.0",
  log: quiet,
});

const any = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;
const say = (line: unknown) => writeSync(1, `${JSON.stringify(line)}\n`);

function wish(id: string): Command {
  const name = any(["a", "b", "c"]);
  const unit = fakeUnit(name, { spec: { version: any([1, 2, 3]) }, artifact: any(digests) });
  const present = engine.units.get(unit.id);
  if (!present) return { id, verb: "install", unit, priority: any([1, 2, 3]) };
  const { digest } = present;
  const verb = any(["install", "activate", "deactivate", "deprecate", "prioritize", "revoke"] as const);
  if (verb === "install") return { id, verb, unit, priority: any([1, 2, 3]) };
  if (verb === "revoke") return { id, verb, unit: unit.id };
  if (verb === "prioritize") return { id, verb, unit: unit.id, digest, priority: any([1, 2, 3]) };
  return { id, verb, unit: unit.id, digest };
}

for (;;) {
  const commands = [wish("0"), wish("1"), wish("2")];
  say({ kind: "sent", commands });
  const payload = codecs.commandBatch.encode({ host, term: 1, commands });
  const answer = await bus.request(subjects.command(host), payload, { timeoutMs: 10_000 });
  const { results } = codecs.commandReply.decode(answer, subjects.command(host));
  say({ kind: "answered", acked: results.map(({ outcome }) => outcome.kind === "ack") });
}

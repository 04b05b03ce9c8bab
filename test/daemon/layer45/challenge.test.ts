import { createHash, randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine, Log } from "../../../daemon/engine.ts";
import { layer45Engine } from "../../../daemon/layer45/engine.ts";
import { type Layer45UnitSpec, ProblemError, type Unit, unitDigest } from "../../../schemas/mod.ts";
import { customizationText, wat } from "../../modules/wat.ts";

const drop = (): void => undefined;
const log: Log = { debug: drop, info: drop, warn: drop, error: drop };
/** What a host has on disk. */
const disk = new Map<string, Uint8Array>();
let engine: Engine;

test.before.each(async () => {
  engine = layer45Engine();
  const artifact = async (digest: string) => Uint8Array.from(disk.get(digest) ?? []);
  await engine.start({ changed: drop, powered: drop, log, artifact, secret: async () => new Uint8Array() });
});
test.after.each(() => engine.stop());

/** Keeps its id and key, and answers with them and the challenge: what no module would do. */
const telling = (respond = ""): Uint8Array =>
  wat(
    customizationText({
      more: `(global $at (mut i32) (i32.const 0))
      (func (export "sec_initialize") (param $block i32)
        (memory.copy (i32.const 132) (i32.add (local.get $block) (i32.const 4)) (i32.const 36)))
      (func (export "sec_respond") (param $block i32) (result i32) ${respond}
        (i32.store (i32.const 128) (i32.const 52))
        (memory.copy (i32.const 168) (i32.add (local.get $block) (i32.const 4)) (i32.const 16))
        (i32.const 128))`,
    }),
  );

function unitOf(module: Uint8Array, instance: Uint8Array | undefined): Unit {
  const keep = (name: string, content: Uint8Array) => {
    const digest = createHash("sha256").update(content).digest("hex");
    disk.set(digest, content);
    return { name, digest, bytes: content.length };
  };
  const spec: Layer45UnitSpec = {
    role: "sender",
    tap: { protocol: "UDP", application: { group: "nobody" }, local: {}, remote: {} },
    attach: "new",
    config: {},
    monitorIntervalMs: 1_000,
    challengeIntervalMs: 1_000,
    limits: { memoryBytes: 1 << 20, timeMs: 100 },
    onFault: "accept",
  };
  const artifacts = [keep("module", module)];
  if (instance) artifacts.push(Object.assign(keep("instance", instance), { private: true }));
  const content = { id: "Customization/default/tag/sender", engine: "layer45" as const, spec, artifacts };
  return { ...content, digest: unitDigest(content) };
}

async function install(unit: Unit): Promise<void> {
  const artifacts = new Map(unit.artifacts.map(({ name, digest }) => [name, disk.get(digest) as Uint8Array]));
  await engine.install({ unit, priority: 1, artifacts });
}

const ask = (unit: Unit, nonce: Uint8Array): Promise<string> =>
  engine.challenge?.(unit.id, Buffer.from(nonce).toString("hex")) ?? Promise.resolve("");
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

test("a module has its id and key before it is asked, and its answer is passed on as it is", async () => {
  const instance = randomBytes(36);
  const unit = unitOf(telling(), instance);
  await install(unit);
  const nonce = randomBytes(32);
  const answer = Buffer.from(await ask(unit, nonce), "hex");
  assert.equal(answer, Buffer.concat([instance, nonce.subarray(0, 16)]));
  assert.equal(disk.get(unit.artifacts[1]?.digest ?? ""), instance, "what is on disk is not touched");
});

test("a module that traps over a challenge fails it, and has its key again when it is started afresh", async () => {
  const traps = `(if (i32.eq (i32.load8_u offset=4 (local.get $block)) (i32.const 1)) (then (unreachable)))`;
  const instance = randomBytes(36);
  const unit = unitOf(telling(traps), instance);
  await install(unit);
  assert.is(await codeOf(ask(unit, new Uint8Array(32).fill(1))), "module.trapped");
  const answer = Buffer.from(await ask(unit, new Uint8Array(32)), "hex");
  assert.equal(answer.subarray(0, 36), instance);
});

test("a module that runs for ever over a challenge is stopped for it", async () => {
  const unit = unitOf(telling("(loop $ever (br $ever))"), randomBytes(36));
  await install(unit);
  assert.is(await codeOf(ask(unit, new Uint8Array(32))), "unit.faulted");
  assert.is(engine.observe()[0]?.problem?.code, "unit.faulted");
});

test("a module without an answer says so, and an instance of another size is refused", async () => {
  const mute = unitOf(wat(customizationText()), randomBytes(36));
  await install(mute);
  assert.is(await codeOf(ask(mute, new Uint8Array(32))), "security.no-answer");
  assert.is(await codeOf(install(unitOf(telling(), randomBytes(35)))), "unit.invalid");
  const declining = unitOf(telling("(return (i32.const 0))"), randomBytes(36));
  await install(declining);
  assert.is(await codeOf(ask(declining, new Uint8Array(32))), "security.no-answer");
});

test.run();

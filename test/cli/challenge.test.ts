import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Guests, respond } from "../controller/security/guests.ts";
import { securedFiles } from "../controller/security/secured-files.ts";
import { until } from "../controller/until.ts";
import { World } from "../controller/world.ts";
import { customizationText, wat } from "../modules/wat.ts";

interface Context {
  world: World;
  folder: string;
  socket: string;
}

const main = resolve(import.meta.dirname, "../../cli/main.js");
const test = suite<Context>("netloom challenge");
test.before.each((context) => {
  context.world = new World();
  context.folder = mkdtempSync(join(tmpdir(), "netloom-cli-"));
  context.socket = join(context.folder, "control.sock");
});
test.after.each(async ({ world, folder }) => {
  await world.end();
  rmSync(folder, { recursive: true });
});

function run(socket: string, args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, NETLOOM_SERVER: socket },
    });
    const ran = { out: "", err: "" };
    child.stdout.on("data", (chunk) => {
      ran.out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      ran.err += chunk;
    });
    child.on("close", (code) => done({ ...ran, code }));
  });
}

const answers = `(func (export "sec_initialize") (param i32))
  (func (export "sec_respond") (param i32) (result i32) (i32.const 0))`;

/** Modules of one client answer wrong for as long as they are not mended. */
async function fleetOf({ world, socket }: Context) {
  const state = { isMended: false };
  const files = {
    ...securedFiles({ interval: "1h" }),
    "tag.wasm": wat(customizationText({ more: answers })),
  };
  world.source.commit(files);
  const daemons = ["client-1", "client-2", "server"].map((name) => {
    const guests = new Guests();
    return world.daemon({
      host: `default/${name}`,
      before: guests.before,
      answer: ({ unit, nonce }) => {
        const key = guests.keys.get(unit) as Uint8Array;
        const isWrong = name === "client-1" && !state.isMended;
        return { kind: "ack", answer: respond(key, nonce, isWrong ? { id: 0 } : {}) };
      },
    });
  });
  const { reconciler } = await world.controller({
    serve: [{ kind: "socket", path: socket }],
    times: { challengeDeadlineMs: 60_000, awayAfterMs: 10_000 },
  });
  for (const daemon of daemons) await daemon.report();
  await until("asked", () => reconciler.trust.challenges.count().answered === 2);
  await until("told", () => reconciler.events.list().some(({ reason }) => reason === "ChallengeFailed"));
  return { state, files };
}

test("asks now, tells who failed, and lets a module back that is trusted again", async (context) => {
  const { state } = await fleetOf(context);
  const { socket } = context;
  const asked = await run(socket, ["challenge", "tag", "-o", "json"]);
  assert.is(asked.code, 1, asked.err);
  const units: { on: string; state: string; challenge?: { passed: number } }[] = JSON.parse(asked.out).units;
  const told = units.map(({ on, state: is, challenge }) => `${on} ${is} ${challenge?.passed}`).sort();
  assert.equal(told, [
    "default/client-1 distrusted undefined",
    "default/client-2 ready 2",
    "default/server ready 2",
  ]);
  const table = await run(socket, ["challenge", "tag"]);
  assert.match(table.out, /^HOST +END +STATE +PASSED +LAST +PROBLEM\n/);
  assert.match(table.out, /default\/client-1 +sender +distrusted +- +- .*failed its challenge/);
  const described = await run(socket, ["describe", "customization/tag"]);
  assert.match(described.out, "CHALLENGED");
  assert.match(described.out, /default\/server .* ago, \d right/);

  state.isMended = true;
  assert.match(
    (await run(socket, ["challenge", "tag", "--trust", "--host", "client-2"])).out,
    /^0 let back\n/,
  );
  assert.match((await run(socket, ["challenge", "tag", "--trust"])).out, /^1 let back\n/);
  let answered = "";
  for (let at = 0; at < 20 && !/client-1 +sender +ready +[1-9]/.test(answered); at++)
    answered = (await run(socket, ["challenge", "tag"])).out;
  assert.match(answered, /default\/client-1 +sender +ready +[1-9]/);
});

test("a preview of what is in force already has nothing to do, though nobody but the controller has the keys", async (context) => {
  const { files, state } = await fleetOf(context);
  const { socket, folder } = context;
  state.isMended = true;
  await run(socket, ["challenge", "tag", "--trust"]);
  const repository = join(folder, "repository");
  mkdirSync(repository);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(repository, name), content);
  let preview = await run(socket, ["plan", repository]);
  for (let at = 0; at < 20 && preview.code !== 0; at++) preview = await run(socket, ["plan", repository]);
  assert.is(preview.code, 0, preview.out);
  const [yaml] = [String(files["fleet.yaml"]).replace("priority: 10", "priority: 11")];
  writeFileSync(join(repository, "fleet.yaml"), yaml);
  const changed = await run(socket, ["plan", repository]);
  assert.match(changed.out, "prioritize");
  assert.not.match(changed.out, "install");
});

test("there is no such customization, or no controller", async (context) => {
  await fleetOf(context);
  const unknown = await run(context.socket, ["challenge", "tags"]);
  assert.is(unknown.code, 2);
  assert.match(unknown.err, "there is no Customization/default/tags");
  assert.is((await run(join(context.folder, "nobody.sock"), ["challenge", "tag"])).code, 2);
});

test.run();

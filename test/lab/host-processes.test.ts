import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildNetwork, HostProcesses, planTopology } from "../../lab/mod.ts";

test.before(() => buildNetwork(planTopology([{ id: "default/nas", interfaces: [], router: false }])));

async function until<T>(find: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < deadline, "waited for 60 s");
    await new Promise((again) => setTimeout(again, 5));
  }
}

const inside = (command: string): string =>
  spawnSync("nsenter", ["--net=/run/netns/nas", "sh", "-c", command], { encoding: "utf8" }).stdout;
const stateOf = (pid: string): string | undefined =>
  /^State:\t(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
const pidOf = (pattern: string): string | undefined =>
  spawnSync("pgrep", ["-xf", pattern], { encoding: "utf8" }).stdout.trim() || undefined;

test("a command runs in its host's namespace, stands still while that sleeps, and ends with the lab", async () => {
  const processes = new HostProcesses(
    { netns: "nas", run: [["socat", "TCP-LISTEN:80,fork", "SYSTEM:echo hello"]] },
    ({ how }) => assert.unreachable(how),
  );
  processes.start();
  await until(() => inside("ss -ltnH").includes(":80"));
  const pid = await until(() => pidOf("socat TCP-LISTEN:80,fork SYSTEM:echo hello"));
  processes.freeze();
  await until(() => stateOf(pid) === "T");
  processes.thaw();
  await until(() => stateOf(pid) === "S");
  await processes.close();
  assert.is(pidOf("socat TCP-LISTEN:80,fork SYSTEM:echo hello"), undefined);
  assert.is(inside("ss -ltnH"), "");
});

test("a command that ends is told with its last words and started again", async () => {
  const ends: string[] = [];
  const processes = new HostProcesses(
    { netns: "nas", run: [["sh", "-c", "echo no good >&2; exit 3"], ["no-such-command"]] },
    ({ command, how, output }) => ends.push(`${command[0]}: ${how}: ${output.trim()}`),
  );
  processes.start();
  await until(() => ends.filter((end) => end === "sh: exit code 3: no good").length >= 2);
  assert.ok(
    ends.some((end) => /^no-such-command: .*no-such-command/.test(end)),
    ends.join("\n"),
  );
  await processes.close();
});

test("a command that ignores being asked to end is ended", async () => {
  const processes = new HostProcesses(
    { netns: "nas", run: [["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]] },
    () => undefined,
  );
  processes.start();
  await until(() => pidOf("sh -c trap '' TERM; while :; do sleep 0.1; done"));
  await processes.close();
  assert.is(pidOf("sh -c trap '' TERM; while :; do sleep 0.1; done"), undefined);
});

test.run();

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { smallRepository } from "./small-repository.ts";
import { folderWith, netloom, run, Started } from "./started.ts";
import { until } from "./until.ts";

const repository = smallRepository();

/** Processes whose command line has this text, but this one. */
function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** What a lab could leave behind: files where temporary ones go, namespaces that have a name. */
const temporary = folderWith({});
const traces = (): string[] => [temporary, "/run", "/run/netns"].flatMap((folder) => readdirSync(folder));

test.after(() => Started.killAll());

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} to the process that was started ends a lab in order`, async () => {
    const lab = new Started(["lab", repository, "--name", `ends-${signal}`]);
    await lab.says("converged");
    lab.process.kill(signal);
    assert.is(await lab.exit, 0, lab.output);
    assert.match(lab.output, / ended\n$/);
    assert.equal(processesWith(`ends-${signal}`), []);
  });
}

test("Ctrl-C on a terminal ends a lab in order, behind its table", () => {
  // A terminal of its own, whose Ctrl-C goes to all processes in the foreground.
  const terminal = `
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen = b""; pressed = False
while True:
    try: chunk = os.read(fd, 65536)
    except OSError: break
    if not chunk: break
    seen += chunk
    if b"converged" in seen and not pressed: pressed = True; os.write(fd, b"\\x03")
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
  const words = ["-c", terminal, process.execPath, netloom, "lab", repository, "--name", "terminal"];
  const { status, stdout, stderr } = spawnSync("python3", words, { encoding: "utf8", timeout: 60_000 });
  assert.is(status, 0, stdout + stderr);
  assert.match(stdout, /Host\/default\/gw +ready/);
  assert.match(stdout, /the lab has ended\r\n$/);
  assert.equal(processesWith("--name\0terminal"), []);
});

test("nothing is left of a lab whose process was killed", async () => {
  const before = traces();
  const lab = new Started(["lab", repository, "--name", "killed"], { TMPDIR: temporary });
  await lab.says("converged");
  const inside = run(
    "lab",
    "exec",
    "pc",
    "--name",
    "killed",
    "--",
    "sh",
    "-c",
    "sleep 1000 <&- >&- 2>&- & echo started",
  );
  assert.is(inside.stdout, "started\n");
  assert.ok(processesWith("sleep\x001000").length > 0);
  lab.process.kill("SIGKILL");
  await until("its processes are gone", () => {
    return processesWith("killed").length === 0 && processesWith("sleep\x001000").length === 0;
  });
  assert.is(processesWith("TCP-LISTEN:80").length, 0);
  assert.equal(traces(), before);
});

test.run();

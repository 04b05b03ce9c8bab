import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { folderWith, netloom, run, Started } from "./started.ts";
import { until } from "./until.ts";

const host = (name: string, address: string, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  daemon: ${name === "gw"}
  interfaces: [{name: eth0, addresses: [${address}]}]
${more}---
`;
const repository = folderWith({
  "hosts.yaml":
    host("gw", "10.0.0.1/24", "  lab: {run: [[socat, 'TCP-LISTEN:80,fork', 'SYSTEM:echo hello']]}\n") +
    host("pc", "10.0.0.2/24"),
});

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

test("a lab is found from outside, its hosts run commands, and it ends when it is told to", async () => {
  const lab = new Started(["lab", repository, "--name", "one"]);
  await lab.says("converged");
  assert.match(run("lab", "list").stdout, /^one {2}.*\n {2}default\/gw {2}daemon\n {2}default\/pc\n$/);
  const { code, stdout } = run(
    "lab",
    "exec",
    "pc",
    "--",
    "sh",
    "-c",
    "ip -br -4 address show dev eth0; exit 7",
  );
  assert.is(code, 7);
  assert.match(stdout, /eth0@if\d+ +UP +10\.0\.0\.2\/24/);
  await until("the host's command answers", () => {
    const answer = run("lab", "exec", "pc", "--", "socat", "-u", "TCP:10.0.0.1:80", "-");
    return answer.stdout === "hello\n";
  });
  // In a /tmp of its own, where no controller of another test can have its socket.
  const script = `mount -t tmpfs tmpfs /tmp && ${process.execPath} ${netloom} get hosts`;
  const get = spawnSync("unshare", ["--mount", "sh", "-c", script], { encoding: "utf8" });
  assert.match(get.stdout, /gw .*True/, get.stderr);
  const second = run("lab", repository, "--name", "one");
  assert.is(second.code, 2);
  assert.match(second.stderr, 'Cannot start lab "one": one of that name is running');
  const unknown = run("lab", "exec", "tv", "--", "true");
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'Cannot find host "tv" in the lab: its hosts are gw, pc');
  assert.is(run("lab", "down").code, 0);
  assert.is(await lab.exit, 0, lab.output);
  const gone = run("lab", "exec", "pc", "--", "true");
  assert.is(gone.code, 2);
  assert.match(gone.stderr, "none is running");
});

test("packets of a host are captured to a file", async () => {
  const lab = new Started(["lab", repository, "--name", "capture"]);
  await lab.says("converged");
  const file = `${repository}/ping.pcap`;
  const capture = new Started(["lab", "capture", "pc", "-i", "eth0", "-w", file, "--", "icmp"]);
  await capture.says("listening on eth0");
  assert.is(run("lab", "exec", "gw", "--", "ping", "-c3", "-i0.2", "10.0.0.2").code, 0);
  capture.process.kill("SIGINT");
  assert.is(await capture.exit, 0, capture.output);
  assert.match(capture.output, "6 packets captured", capture.output);
  const { stdout } = spawnSync("tcpdump", ["-nr", file], { encoding: "utf8" });
  assert.is(stdout.match(/ICMP echo request/g)?.length, 3);
  lab.process.kill("SIGTERM");
  assert.is(await lab.exit, 0, lab.output);
});

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

test("an ordinary user runs a lab and enters it", async () => {
  // User 1000 of a namespace, without any capability outside of those it makes.
  const user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"];
  const script = `id -u; ${process.execPath} ${netloom} lab ${repository} --name user & pid=$!
    until ${process.execPath} ${netloom} lab list | grep -q ^user; do :; done
    ${process.execPath} ${netloom} lab exec pc --name user -- ping -c1 -W2 10.0.0.1
    kill $pid; wait $pid; echo exit $?`;
  const { stdout, stderr } = spawnSync(user[0]!, [...user.slice(1), "bash", "-c", script], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.match(stdout, /^1000\n/, stderr);
  assert.match(stdout, "1 received", stderr);
  assert.match(stdout, /exit 0\n$/, stderr);
});

test("a repository without hosts, or that is not there, is a problem that says so", () => {
  const empty = run("lab", folderWith({ "rule.yaml": "kind: Nothing\n" }));
  assert.is(empty.code, 2);
  assert.match(empty.stderr, "it has no valid Host (1 problems; netloom validate tells); declare one");
  const missing = run("lab", "/no/such/folder");
  assert.is(missing.code, 2);
  assert.match(missing.stderr, "Cannot read /no/such/folder");
});

test.run();

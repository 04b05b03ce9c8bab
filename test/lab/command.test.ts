import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { smallRepository } from "./small-repository.ts";
import { folderWith, netloom, run, Started } from "./started.ts";
import { until } from "./until.ts";

const repository = smallRepository();

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
  const get = run("get", "hosts");
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
  await capture.says("Capture started");
  assert.is(run("lab", "exec", "gw", "--", "ping", "-c3", "-i0.2", "10.0.0.2").code, 0);
  const captured = (): string => spawnSync("tshark", ["-nr", file], { encoding: "utf8" }).stdout;
  await until("the file has all", () => captured().match(/Echo \(ping\) reply/g)?.length === 3);
  capture.process.kill("SIGINT");
  assert.is(await capture.exit, 0, capture.output);
  assert.match(capture.output, "6 packets captured", capture.output);
  assert.is(captured().match(/Echo \(ping\) request/g)?.length, 3);
  lab.process.kill("SIGTERM");
  assert.is(await lab.exit, 0, lab.output);
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

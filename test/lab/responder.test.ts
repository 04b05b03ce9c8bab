import { test } from "uvu";
import * as assert from "uvu/assert";
import { folderWith, netloom, run, Started } from "./started.ts";
import { until } from "./until.ts";

const host = (name: string, last: number, more = ""): string => `apiVersion: netloom.dev/v1alpha1
kind: Host
metadata: {name: ${name}}
spec:
  interfaces: [{name: eth0, mac: "02:00:00:00:00:0${last}", addresses: [10.0.0.${last}/24]}]
${more}`;
const repository = folderWith({
  "hosts.yaml": [
    host("gw", 1),
    host("nas", 5, "  daemon: false\n  sleep: {proxy: gw, selfService: {}}\n"),
    host("pc", 2, "  daemon: false\n"),
  ].join("---\n"),
  "rules.json": JSON.stringify([{ ICMP: { addresses: ["10.0.0.5/32"], standard: "icmp-echo" } }]),
});

test.after(() => Started.killAll());

test("in the lab a host brings its own rules to its proxy, which answers by them while it sleeps", async () => {
  const lab = new Started(["lab", repository, "--name", "own"]);
  await lab.says("converged");
  const by = [process.execPath, netloom, "host", "subscribe", `${repository}/rules.json`];
  const proxy = ["--proxy", "10.0.0.1", "--plain", "--timeout", "20s"];
  const subscribed = run("lab", "exec", "nas", "--", ...by, ...proxy);
  assert.is(subscribed.code, 0, subscribed.stderr);
  assert.is(run("lab", "sleep", "nas").code, 0);
  await until("an answer for the host that sleeps", () => {
    return run("lab", "exec", "pc", "--", "ping", "-c1", "-W2", "10.0.0.5").code === 0;
  });
  assert.is(run("lab", "down").code, 0);
  assert.is(await lab.exit, 0, lab.output);
});

test.run();

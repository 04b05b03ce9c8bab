/**
 * The quick start: a git repository made from examples/quickstart, a lab that follows it, and a few commits whose effect
 * is seen and timed from the clients' side.   usage: tools/quickstart
 */
import { resolve } from "node:path";
import { askPower } from "../lab/mod.ts";
import { DemoLab } from "./demo/demo-lab.ts";
import { DemoRepository } from "./demo/demo-repository.ts";
import { say, show, step } from "./demo/story.ts";

const root = resolve(import.meta.dirname, "../..");
const nas = "10.0.0.5";
const pings = 100;

const repository = new DemoRepository(resolve(root, "examples/quickstart"));
const lab = new DemoLab(resolve(root, "dist/cli/main.js"), `${repository.folder}#main`);
process.on("exit", () => {
  lab.kill();
  repository.remove();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

step("A git repository declares four machines on one LAN; netloom lab runs them as network namespaces");
repository.commit("Declare the hosts", ["hosts.yaml"]);
const startedMs = performance.now();
await lab.converged();
say(`gw-1 runs netloom's daemon; nas, client and guest are plain machines (up in ${since(startedMs)})`);
say("nas has gone to sleep, and gw-1 stands in for it. Nothing says yet what gw-1 should do for it:");
const before = lab.ping("client", nas, { count: 3, intervalS: 0.2 });
show("client", `ping -c3 ${nas}`, `${before.sent} sent, ${before.received} received`);
lab.expect(before.received === 0, "nobody answers for a host that sleeps");

step("A commit adds a rule: while storage hosts sleep, their proxy answers ping for them");
const answered = await commitUntil(
  "Answer ping for storage hosts that sleep",
  ["rules/answer-ping.yaml"],
  () => lab.isAnswered("client", nas),
);
const after = lab.ping("client", nas, { count: pings, intervalS: 0.01 });
show(
  "client",
  `ping -c${pings} ${nas}`,
  `${after.received} of ${after.sent} received, round trip ${after.averageMs} ms`,
);
lab.expect(after.received === pings, "every ping is answered");
const [answerer, gateway] = [lab.neighbourOf("client", nas), lab.macOf("gw-1")];
lab.expect(answerer === gateway, "it is gw-1 that answers");
say(
  `The answers come from ${answerer}, which is gw-1: nas is ${await lab.powerOf("nas")}, and never noticed`,
);

step("A commit adds a rule that wakes them when someone opens a connection");
const wakes = await commitUntil("Wake storage hosts that someone connects to", ["rules/wake.yaml"], () =>
  lab.isReady("Rule/default/wake-on-http"),
);
const curlMs = performance.now();
const page = lab.run("client", "curl", "--silent", "--show-error", "--max-time", "20", `http://${nas}/`);
show("client", `curl http://${nas}/`, `"${page.trim()}" after ${since(curlMs)}`);
lab.expect(page.includes("Hello from nas itself"), "the real host answers");
say(
  "gw-1 saw the SYN and sent a magic packet; nas woke; TCP sent its SYN again, and nas took the connection itself",
);
say(`nas is ${await lab.powerOf("nas")}. Back to sleep with it, as it would go by itself:`);
await askPower(lab.running, "nas", "sleep");
show("", "netloom lab sleep nas", `nas is ${await lab.powerOf("nas")}`);

step("A commit changes the first rule: only client may ping it from now on, guest may not");
lab.expect(lab.isAnswered("guest", nas), "guest is answered before");
repository.change("rules/answer-ping.yaml", (text) =>
  text.replace("{standard: icmp-echo}", '{standard: icmp-echo, config: {allow: ["10.0.0.9/32"]}}'),
);
const changed = await commitUntil(
  "Answer ping of client only",
  ["rules/answer-ping.yaml"],
  () => !lab.isAnswered("guest", nas),
);
const guest = lab.ping("guest", nas, { count: 3, intervalS: 0.2 });
const client = lab.ping("client", nas, { count: 3, intervalS: 0.2 });
show("guest", `ping -c3 ${nas}`, `${guest.received} of ${guest.sent} received`);
show("client", `ping -c3 ${nas}`, `${client.received} of ${client.sent} received`);
lab.expect(guest.received === 0 && client.received === 3, "the new version of the rule is in force");

await lab.end();
step("That was it. From commit to effect, as the clients saw it:");
say(`${answered} ms   a new rule answers ping`);
say(`${wakes} ms   a new rule is ready on gw-1`);
say(`${changed} ms   a changed rule refuses a client`);
say("");
say("Now yours:");
say("  npx netloom lab examples/quickstart        run it and look around; edit its files while it runs");
say("  npx netloom lab exec client -- bash        be on one of its hosts (from another terminal)");
say("  npx netloom lab test examples/quickstart   run its checks, as CI would before a merge");
say("  docs/lab.md, docs/kinds/                   what can be declared, and how the lab is built from it");

/** Commits, and waits for the effect; how long that took, in whole milliseconds. */
async function commitUntil(message: string, files: string[], isSeen: () => boolean): Promise<number> {
  const id = repository.commit(message, files);
  const committedMs = performance.now();
  show("", `git commit -m "${message}"`, id);
  await lab.until(message, isSeen);
  const took = Math.round(performance.now() - committedMs);
  say(`in effect ${took} ms after the commit`);
  return took;
}

function since(ms: number): string {
  return `${((performance.now() - ms) / 1000).toFixed(2)} s`;
}

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine } from "../../../daemon/engine.ts";
import { capture } from "./capture.ts";
import { hasTun } from "./has-tun.ts";
import {
  counter,
  fallAsleep,
  hostMac,
  installRule,
  installSleeper,
  onLan,
  plugHost,
  powered,
  type RuleOptions,
  run,
  sleeperUnit,
} from "./lan.ts";
import { runUntilReady } from "./running.ts";
import { until } from "./until.ts";

let engine: Engine;
const testStreams = hasTun() ? test : () => undefined;
const pages = mkdtempSync(join(tmpdir(), "netloom-pages-"));
const config = { paths: [{ path: "/healthz", body: "asleep and well\n" }] };

const web = (options: Partial<RuleOptions> = {}): RuleOptions => ({
  name: "web",
  program: "http-health",
  layer: "TCP",
  port: 80,
  stream: true,
  config,
  ...options,
});

/** What a command prints, while this thread goes on. */
function inNamespace(name: string, line: string): Promise<string> {
  return new Promise((resolve) =>
    execFile("ip", ["netns", "exec", name, "bash", "-c", `${line} 2>&1 || true`], (_, out) => resolve(out)),
  );
}
const onClient = (line: string) => inNamespace("client", line);
/** From the network behind the proxy. */
const outside = (line: string) => inNamespace("outside", line);

/** A network behind the proxy, which is its way to the LAN; and pages that the host serves while it is up. */
function prepare(): void {
  run(`
    ip netns add outside; ip -n outside link set lo up
    ip link add wan type veth peer name eth0 netns outside
    ip addr add 10.8.0.2/24 dev wan; ip addr add fd08::2/64 dev wan nodad; ip link set wan up
    ip -n outside addr add 10.8.0.1/24 dev eth0; ip -n outside addr add fd08::1/64 dev eth0 nodad
    ip -n outside link set eth0 up
    ip -n outside route add default via 10.8.0.2; ip -n outside route add default via fd08::2
    ip -n host route add 10.8.0.0/24 via 10.9.0.2; ip -n host route add fd08::/64 via fd09::2
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1`);
  writeFileSync(join(pages, "page"), "the host itself\n");
}
onLan(
  test,
  async (started) => {
    engine = started;
    const serve = ["python3", "-u", "-m", "http.server", "--bind", "::", "-d", pages, "80"] as const;
    await runUntilReady("Serving", "host", ...serve);
  },
  { prepare },
);
test.after.each(() => {
  assert.not.match(run("nft list tables; ip rule; ip -6 rule; ip -br link"), /netloom|lookup 100|wire/);
});
test.after(() => rmSync(pages, { recursive: true }));

/** The host gets up once it is called, as its network card would have it. */
async function wakeWhenCalled(): Promise<void> {
  const magic = await capture("client", "eth0", "wol", ["wol.mac"]);
  const called = until("a magic packet", () => magic.lines.some((line) => line.startsWith(hostMac)));
  called.then(() => {
    plugHost("up");
    // The kernel may take a moment to find that the link is up.
    void inNamespace("host", "timeout 60 bash -c 'until ping -c 1 -W 1 10.9.0.2; do :; done'");
  });
}

if (!hasTun()) {
  test("without /dev/net/tun a rule with streams is refused, and others work", async () => {
    await installSleeper(engine);
    const refused = installRule(engine, web()).then(() => "", String);
    assert.match(await refused, /TCP streams: open\(\/dev\/net\/tun\): E/);
    await installRule(engine, { name: "ping", program: "icmp-echo", layer: "ICMP" });
    await fallAsleep(engine);
    assert.match(await onClient("ping -c 1 -W 5 10.9.0.5"), /1 received/);
  });
}

testStreams("a health check is answered for a host that sleeps on, over IPv4 and IPv6", async () => {
  await installSleeper(engine);
  const rule = await installRule(engine, web());
  await fallAsleep(engine);
  for (const address of ["10.9.0.5", "[fd09::5]"])
    assert.is(await onClient(`curl -sm5 http://${address}/healthz`), "asleep and well\n");
  assert.is(
    await onClient("curl -sm5 http://10.9.0.5/healthz http://10.9.0.5/healthz -w '%{num_connects} '"),
    "asleep and well\n1 asleep and well\n0 ",
    "two on one connection",
  );
  await engine.refresh?.();
  assert.is(counter(engine, rule, "connections_total"), 3);
  assert.is(counter(engine, rule, "answered_total"), 4);
  assert.is(counter(engine, rule, "wakes_total"), 0);
  assert.equal(powered, []);
});

const url = "http://10.9.0.5/page";

testStreams("with takeover a real request is redirected to the host itself, which is woken", async () => {
  await installSleeper(engine);
  await installRule(engine, web({ config: { ...config, otherwise: "redirect" } }));
  await fallAsleep(engine);
  await wakeWhenCalled();
  const answer = await onClient(`curl -sm20 -L -w '%{num_redirects} redirect' ${url}`);
  assert.is(answer, "the host itself\n1 redirect");
  assert.equal(powered, ["default/nas awake"]);
});

testStreams(
  "with takeover a connection for the host is broken off once it is awake, and the next one is its own",
  async () => {
    await installSleeper(engine);
    await installRule(engine, web());
    await fallAsleep(engine);
    await wakeWhenCalled();
    const answer = await onClient(`curl -sSm20 --retry 3 --retry-all-errors --retry-delay 1 ${url}`);
    assert.match(answer, /reset by peer/);
    assert.match(answer, /the host itself\n$/);
  },
);

for (const [address, family] of [
  ["10.9.0.5", "IPv4"],
  ["[fd09::5]", "IPv6"],
]) {
  testStreams(`on the path a connection is handed over to the host that woke, by ${family}`, async () => {
    await installSleeper(engine, sleeperUnit({ takeover: false }));
    const rule = await installRule(engine, web());
    await fallAsleep(engine);
    const resets = await capture("outside", "eth0", "tcp.flags.reset == 1 || icmp || icmpv6.type < 128", [
      "ip.src",
    ]);
    const [health, page] = [`http://${address}/healthz`, `http://${address}/page`];
    await wakeWhenCalled();
    const answer = await outside(`curl -sSm20 ${health} ${page} -w '%{num_connects} ' -H 'X: y'`);
    assert.is(answer, "asleep and well\n1 the host itself\n0 ", "one connection");
    assert.equal(powered, ["default/nas awake"]);
    assert.equal(resets.lines, []);
    assert.is(await outside(`curl -sSm5 ${page}`), "the host itself\n", "and the next is the host's own");
    await engine.refresh?.();
    assert.is(counter(engine, rule, "connections_total"), 1);
    assert.is(counter(engine, rule, "connections"), 0);
  });
}

test.run();

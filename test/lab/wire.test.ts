import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildNetwork, type LinkShape, planTopology, startWire, type Wire } from "../../lab/mod.ts";

const seed = 7;
const host = (name: string, address: string, link: LinkShape = {}) => ({
  id: `default/${name}`,
  interfaces: [{ name: "eth0", addresses: [address], link }],
  router: false,
});
const topology = planTopology([
  host("far", "10.0.0.2/24", { delayMs: 20 }),
  host("lossy", "10.0.0.3/24", { lossRatio: 0.3 }),
  host("near", "10.0.0.1/24"),
]);

let wire: Wire;
const start = () =>
  startWire(topology, {
    seed,
    sleepers: [],
    onMagic: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });

test.before(async () => {
  await buildNetwork(topology);
  // IPv6 sends frames of its own accord now and then, which would be counted among those that are lost.
  for (const { netns } of topology.hosts) {
    const off = "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6";
    spawnSync("nsenter", [`--net=/run/netns/${netns}`, "sh", "-c", off]);
  }
  wire = await start();
});
test.after(() => wire.close());

function ping(to: string, ...options: string[]): { received: number; minMs: number; output: string } {
  const words = ["--net=/run/netns/near", "ping", "-q", ...options, to];
  const output = spawnSync("nsenter", words, { encoding: "utf8" }).stdout;
  return {
    received: Number(/(\d+) received/.exec(output)?.[1]),
    minMs: Number(/= ([\d.]+)\//.exec(output)?.[1]),
    output,
  };
}

test("a delayed link holds every frame back, once in each direction, and loses none", () => {
  const { received, minMs, output } = ping("10.0.0.2", "-c20", "-i0.02", "-W5");
  assert.is(received, 20, output);
  assert.ok(minMs >= 40, output);
});

test("frames as long as the link takes pass a relay, and TCP in bulk does", () => {
  assert.is(ping("10.0.0.2", "-c3", "-i0.02", "-s1472", "-Mdo").received, 3);
  const script = `
    nsenter --net=/run/netns/far socat -u TCP-LISTEN:5000,reuseaddr - | sha256sum &
    until nsenter --net=/run/netns/far sh -c "ss -ltnH | grep -q :5000"; do :; done
    sent=$(mktemp)
    head -c 2000000 /dev/urandom | tee $sent | nsenter --net=/run/netns/near socat -u - TCP:10.0.0.2:5000
    sha256sum <$sent; rm $sent; wait`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", timeout: 30_000 });
  const sums = stdout.trim().split("\n");
  assert.is(sums.length, 2, stdout + stderr);
  assert.is(sums[0], sums[1]);
});

test("a lossy link loses about its share, and with one seed the same frames again", async () => {
  const sequence = (): string => {
    const words = ["--net=/run/netns/near", "ping", "-c100", "-i0.005", "-W1", "10.0.0.3"];
    const { stdout } = spawnSync("nsenter", words, { encoding: "utf8" });
    return [...stdout.matchAll(/icmp_seq=(\d+)/g)].map((match) => match[1]).join(",");
  };
  // The neighbours know each other, so that no ARP of a run's own is among the frames that are counted.
  const know = (name: string, address: string, mac: string) =>
    spawnSync("ip", ["-n", name, "neigh", "replace", address, "lladdr", mac, "dev", "eth0"]);
  const mac = (name: string): string =>
    topology.hosts.find(({ netns }) => netns === name)?.interfaces[0]?.mac ?? "";
  know("near", "10.0.0.3", mac("lossy"));
  know("lossy", "10.0.0.1", mac("near"));
  await wire.close();
  wire = await start();
  const first = sequence();
  await wire.close();
  wire = await start();
  const second = sequence();
  assert.is(first, second);
  // Each way loses 30 of 100, so 49 come back.
  const count = first.split(",").length;
  assert.ok(count > 30 && count < 70, `${count} came back`);
});

test.run();

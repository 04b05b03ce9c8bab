import { run } from "./run.ts";
import { type LabHost, type LabInterface, type LinkShape, switchNetns, type Topology } from "./topology.ts";

/** How many hosts are wired at once: each is a process or two. */
const wiredAtOnce = 8;

/**
 * Device names in the switch's namespace. A plain link is a veth pair from the host to its port on the bridge. One with
 * delay or loss has two: the relay carries frames between `wire` (to the host) and `relay` (to `bridge`).
 */
export function devicesOf({ port, link }: LabInterface): { wire: string; relay: string; bridge: string } {
  const wire = `p${port}`;
  return isRelayed(link)
    ? { wire, relay: `r${port}`, bridge: `b${port}` }
    : { wire, relay: wire, bridge: wire };
}

/** Whether the link needs a relay; this kernel shapes rates by itself, but neither delays nor loses. */
export function isRelayed(link: LinkShape): boolean {
  return (link.delayMs ?? 0) > 0 || (link.lossRatio ?? 0) > 0;
}

/** Ends of the pair that hangs on a LAN's bridge to hear what is said to sleeping hosts. */
export function watchDevicesOf(lan: string): { bridge: string; watcher: string } {
  return { bridge: `${lan}-sleep`, watcher: `${lan}-watch` };
}

/** Makes the topology in the network namespaces of this sandbox (`lab/sandbox`). */
export async function buildNetwork(topology: Topology): Promise<void> {
  const names = [switchNetns, ...topology.hosts.map((host) => host.netns)];
  const tried = "make the namespaces";
  await run("ip", ["-batch", "-"], { tried, input: lines(names.map((name) => `netns add ${name}`)) });
  await buildSwitch(topology);
  const waiting = [...topology.hosts];
  const worker = async (): Promise<void> => {
    for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) await buildHost(host);
  };
  await Promise.all(Array.from({ length: wiredAtOnce }, worker));
}

async function buildSwitch(topology: Topology): Promise<void> {
  const options = { tried: "build the switch", netns: switchNetns };
  const ports = topology.hosts.flatMap(({ interfaces }) => interfaces.map(({ port }) => `h${port}`));
  // The switch has no business on layer 3. And frames leave a host as they would on a wire: checksummed, and no longer
  // than the MTU.
  const shell = [
    "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6",
    "ip -batch -",
    ...ports.map((port) => `ethtool -K ${port} tx off >/dev/null`),
  ].join("\n");
  await run("sh", ["-euc", shell], { ...options, input: lines(switchDevices(topology)) });
  await run("ip", ["-batch", "-"], { ...options, input: lines(switchWires(topology)) });
  const qdiscs = topology.hosts.flatMap((host) =>
    host.interfaces.flatMap((port) => rateLimit(devicesOf(port).bridge, port.link)),
  );
  if (qdiscs.length > 0) await run("tc", ["-batch", "-"], { ...options, input: lines(qdiscs) });
}

function switchDevices(topology: Topology): string[] {
  const lans = topology.lans.flatMap(({ name }) => {
    const { bridge, watcher } = watchDevicesOf(name);
    return [
      `link add ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
      `link add ${bridge} type veth peer name ${watcher}`,
    ];
  });
  const links = topology.hosts.flatMap((host) =>
    host.interfaces.flatMap((port) => {
      const { wire, relay, bridge } = devicesOf(port);
      return [
        `link add ${wire} type veth peer name h${port.port} address ${port.mac}`,
        ...(relay === wire ? [] : [`link add ${bridge} type veth peer name ${relay}`]),
      ];
    }),
  );
  return [...lans, ...links];
}

function switchWires(topology: Topology): string[] {
  const lans = topology.lans.flatMap(({ name }) => {
    const { bridge, watcher } = watchDevicesOf(name);
    return [`link set ${name} up`, `link set ${bridge} master ${name} up`, `link set ${watcher} up`];
  });
  const links = topology.hosts.flatMap((host) =>
    host.interfaces.flatMap((port) => {
      const { wire, relay, bridge } = devicesOf(port);
      return [
        `link set h${port.port} netns ${host.netns} name ${port.name}`,
        ...[...new Set([wire, relay])].map((device) => `link set ${device} up`),
        `link set ${bridge} master ${port.lan} up`,
      ];
    }),
  );
  return [...lans, ...links];
}

async function buildHost(host: LabHost): Promise<void> {
  const options = { tried: `wire ${host.id}`, netns: host.netns };
  // No duplicate address detection: addresses are there at once, and validation has seen to duplicates.
  const shell = [
    "for file in /proc/sys/net/ipv6/conf/*/accept_dad /proc/sys/net/ipv6/conf/*/accept_ra; do echo 0 >$file; done",
    ...(host.router ? ["echo 1 >/proc/sys/net/ipv4/ip_forward"] : []),
    ...(host.router ? ["echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"] : []),
    "exec ip -batch -",
  ].join("\n");
  await run("sh", ["-euc", shell], { ...options, input: lines(hostCommands(host)) });
  const qdiscs = host.interfaces.flatMap(({ name, link }) => rateLimit(name, link));
  if (qdiscs.length > 0) await run("tc", ["-batch", "-"], { ...options, input: lines(qdiscs) });
}

function hostCommands({ interfaces, routes }: LabHost): string[] {
  return [
    "link set lo up",
    ...interfaces.flatMap(({ name, addresses }) => [
      `link set ${name} up`,
      ...addresses.map(
        (address) => `address add ${address} dev ${name}${address.includes(":") ? " nodad" : ""}`,
      ),
    ]),
    ...routes.map(({ to, via }) => `route add ${to} via ${via}`),
  ];
}

/** A token bucket that holds 10 ms of the rate, and two frames at least, behind 50 ms of queue (tc-tbf(8)). */
function rateLimit(device: string, { rateBitsPerSecond }: LinkShape): string[] {
  if (rateBitsPerSecond === undefined) return [];
  const burstBytes = Math.max(3_100, Math.ceil(rateBitsPerSecond / 8 / 100));
  return [`qdisc add dev ${device} root tbf rate ${rateBitsPerSecond}bit burst ${burstBytes} latency 50ms`];
}

function lines(commands: readonly string[]): string {
  return `${commands.join("\n")}\n`;
}

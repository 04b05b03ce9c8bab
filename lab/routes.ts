import { type HostId, parsePrefix, prefixContains } from "../schemas/mod.ts";
import type { LabHost, Topology } from "./topology.ts";

export interface Route {
  /** "default", or a network. */
  to: string;
  /** Address of the next hop; its family is the route's. */
  via: string;
}

/** A router's address on a LAN it is on. */
interface NextHop {
  router: LabHost;
  via: string;
  family: 4 | 6;
}

/**
 * Routes of every host, by the fewest routers in between. A host that is no router sends everything through the first
 * router (by id) of its networks, and gets a route of its own for a network that another one is nearer to; a router
 * gets a route to each network it is not on. Gateways that a host names itself take the place of its default routes.
 */
export function planRoutes(
  topology: Topology,
  gateways: ReadonlyMap<HostId, readonly string[] | undefined>,
): Map<HostId, Route[]> {
  const distances = new Map(topology.lans.map((lan) => [lan.name, distancesTo(lan.name, topology)]));
  return new Map(
    topology.hosts.map((host) => [
      host.id,
      routesOf(host, topology, { distances, own: gateways.get(host.id) }),
    ]),
  );
}

type Distances = Map<HostId, number>;

function routesOf(
  host: LabHost,
  topology: Topology,
  { distances, own }: { distances: Map<string, Distances>; own: readonly string[] | undefined },
): Route[] {
  const hops = nextHops(host, topology);
  const gateways = own ?? (host.router ? [] : firstOfEachFamily(hops).map(({ via }) => via));
  const specific = topology.lans
    .filter((lan) => !host.interfaces.some(({ lan: own }) => own === lan.name))
    .flatMap((lan) => lan.networks.flatMap((to) => routeTo(to, hops, distances.get(lan.name)!) ?? []))
    .filter(({ via }) => !gateways.includes(via));
  return [...gateways.map((via): Route => ({ to: "default", via })), ...specific];
}

function routeTo(to: string, hops: NextHop[], distances: Distances): Route | undefined {
  const { family } = parsePrefix(to)!;
  const distance = (hop: NextHop): number => distances.get(hop.router.id) ?? Number.POSITIVE_INFINITY;
  const best = hops
    .filter((hop) => hop.family === family && Number.isFinite(distance(hop)))
    .sort((a, b) => distance(a) - distance(b))[0];
  return best && { to, via: best.via };
}

/** How many routers a packet passes from each router to the LAN, by breadth-first search. */
function distancesTo(lan: string, { hosts }: Topology): Distances {
  const routers = hosts.filter((host) => host.router);
  const distances: Distances = new Map();
  let reached = new Set([lan]);
  for (let distance = 0; reached.size > 0; distance++) {
    const found = routers.filter(
      (router) => !distances.has(router.id) && router.interfaces.some((port) => reached.has(port.lan)),
    );
    for (const router of found) distances.set(router.id, distance);
    reached = new Set(found.flatMap((router) => router.interfaces.map((port) => port.lan)));
  }
  return distances;
}

/** Every address at which a router can be reached directly from the host, in order of the routers' ids. */
function nextHops(host: LabHost, { hosts }: Topology): NextHop[] {
  const own = host.interfaces.flatMap(({ lan, addresses }) => addresses.map((text) => ({ lan, text })));
  return hosts
    .filter((router) => router.router && router.id !== host.id)
    .flatMap((router) =>
      router.interfaces.flatMap(({ lan, addresses }) =>
        addresses
          .filter((text) => own.some((mine) => mine.lan === lan && reaches(mine.text, text)))
          .map((text): NextHop => ({ router, via: text.split("/")[0]!, family: text.includes(":") ? 6 : 4 })),
      ),
    );
}

function reaches(from: string, to: string): boolean {
  const [address = ""] = to.split("/");
  return prefixContains(parsePrefix(from)!, parsePrefix(address)!);
}

function firstOfEachFamily(hops: NextHop[]): NextHop[] {
  return ([4, 6] as const).flatMap((family) => hops.find((hop) => hop.family === family) ?? []);
}

import { createHash } from "node:crypto";
import { type HostId, parsePrefix } from "../schemas/mod.ts";
import { belongs, groupNetworks } from "./lans.ts";
import { networkText } from "./prefix.ts";
import { planRoutes, type Route } from "./routes.ts";

/** What the lab takes from a Host: who it is and how it is wired. */
export interface HostPlan {
  id: HostId;
  interfaces: InterfacePlan[];
  /** Forwards between its interfaces; hosts of its networks send through it what is not local. */
  router: boolean;
  /** Default routes, instead of those to the routers. */
  gateway?: readonly string[] | undefined;
}

export interface InterfacePlan {
  name: string;
  mac?: string | undefined;
  addresses: readonly string[];
  /** The LAN it is on, by name; without one, the LAN that its addresses belong to. */
  network?: string | undefined;
  link: LinkShape;
}

/** What the wire to a host is like, in each direction; undefined: as the kernel gives it. */
export interface LinkShape {
  rateBitsPerSecond?: number | undefined;
  delayMs?: number | undefined;
  /** Share of frames lost, 0 to 1. */
  lossRatio?: number | undefined;
}

/** A fleet in namespaces of one machine: what is to be made, and nothing of how. */
export interface Topology {
  lans: Lan[];
  hosts: LabHost[];
}

/** One bridge. */
export interface Lan {
  /** Of its device: "lan0". */
  name: string;
  /** What Hosts call it, if they do. */
  network?: string | undefined;
  networks: string[];
}

export interface LabHost {
  id: HostId;
  /** Name of its network namespace. */
  netns: string;
  router: boolean;
  interfaces: LabInterface[];
  routes: Route[];
}

export interface LabInterface {
  name: string;
  mac: string;
  addresses: string[];
  /** Name of its LAN. */
  lan: string;
  /** Number of its port on the switch, unique in the lab. */
  port: number;
  link: LinkShape;
}

/** Namespace in which the bridges are. A host's can't be called so: DNS labels have no underscore. */
export const switchNetns = "_switch";

/** The namespace of a host: its name, behind that of its (netloom) namespace unless that is the default one. */
export function netnsOf(id: HostId): string {
  const [namespace = "", name = ""] = id.split("/");
  return namespace === "default" ? name : `${namespace}.${name}`;
}

/**
 * Lays out the lab: interfaces of overlapping networks, or of one named network, on one bridge; default routes to the
 * routers. Hosts come out in order of their ids, and the same hosts give the same lab. Addresses that are no prefixes
 * (which validation refuses) are left out.
 */
export function planTopology(plans: readonly HostPlan[]): Topology {
  const sorted = [...plans].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const lans = groupNetworks(sorted.flatMap((plan) => plan.interfaces));
  let port = 0;
  const hosts = sorted.map((plan): LabHost => {
    const interfaces = plan.interfaces.map(
      (face): LabInterface => ({
        name: face.name,
        mac: face.mac?.toLowerCase() ?? madeUpMac(plan.id, face.name),
        addresses: face.addresses.filter((address) => parsePrefix(address) !== undefined),
        lan: `lan${lans.findIndex((group) => belongs(face, group))}`,
        port: port++,
        link: face.link,
      }),
    );
    return { id: plan.id, netns: netnsOf(plan.id), router: plan.router, interfaces, routes: [] };
  });
  const topology: Topology = {
    lans: lans.map(({ network, prefixes }, index) => ({
      name: `lan${index}`,
      network,
      networks: prefixes.map(networkText).sort(),
    })),
    hosts,
  };
  const routes = planRoutes(topology, new Map(sorted.map((plan) => [plan.id, plan.gateway])));
  for (const host of hosts) host.routes = routes.get(host.id) ?? [];
  return topology;
}

/** A locally administered unicast address (IEEE 802 §8.4) that stays the same from run to run. */
function madeUpMac(id: HostId, name: string): string {
  const digest = createHash("sha256").update(`${id} ${name}`).digest("hex");
  return ["02", ...(digest.slice(0, 10).match(/../g) as string[])].join(":");
}

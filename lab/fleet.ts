import {
  durationMs,
  type Host,
  type HostId,
  type HostLab,
  type HostSleep,
  rateBits,
} from "../schemas/mod.ts";
import { type HostPlan, type InterfacePlan, type LinkShape, netnsOf } from "./topology.ts";

/** A Host in the lab: what it is there beyond its wiring. */
export interface Member {
  id: HostId;
  netns: string;
  /** Runs netloom's daemon. */
  daemon: boolean;
  sleep?: { proxy: HostId; macs: string[]; secureOn?: string | undefined } | undefined;
  /** Goes to sleep as soon as the fleet has converged. */
  asleep: boolean;
  /** Commands that run on it while it is awake. */
  run: string[][];
}

/** What a Host is in the lab. MACs of those that sleep are there: validation requires them. */
export function memberOf({ metadata, spec }: Host): Member {
  const id = `${metadata.namespace}/${metadata.name}`;
  return {
    id,
    netns: netnsOf(id),
    daemon: spec.daemon,
    sleep: spec.sleep && sleepOf(spec.sleep, metadata.namespace, spec.interfaces),
    asleep: spec.lab?.asleep ?? false,
    run: spec.lab?.run ?? [],
  };
}

function sleepOf(
  { proxy, wake }: HostSleep,
  namespace: string,
  interfaces: Host["spec"]["interfaces"],
): Member["sleep"] {
  return {
    proxy: `${namespace}/${proxy}`,
    macs: interfaces.flatMap(({ mac }) => mac?.toLowerCase() ?? []),
    secureOn: wake.secureOn?.secretRef,
  };
}

/** How a Host is to be wired. */
export function hostPlanOf({ metadata, spec }: Host): HostPlan {
  const { lab = {} } = spec;
  return {
    id: `${metadata.namespace}/${metadata.name}`,
    router: lab.router ?? false,
    gateway: lab.gateway,
    interfaces: spec.interfaces.map(({ name, mac, addresses }): InterfacePlan => {
      const own = lab.interfaces?.find((other) => other.name === name);
      const network = own?.network ?? lab.network;
      return { name, mac, addresses, network, link: linkShape({ ...lab, ...own }) };
    }),
  };
}

function linkShape({ rate, delay, loss }: Pick<HostLab, "rate" | "delay" | "loss">): LinkShape {
  return {
    rateBitsPerSecond: rate === undefined ? undefined : rateBits(rate),
    delayMs: delay === undefined ? undefined : durationMs(delay),
    lossRatio: loss === undefined ? undefined : loss / 100,
  };
}

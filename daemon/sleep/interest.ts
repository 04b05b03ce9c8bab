import { addressText } from "../../schemas/mod.ts";
import type { IngressDrops } from "../linux/mod.ts";
import { bytesAsPrefix, type WordPrefix } from "./address.ts";
import type { StreamEnds } from "./connection.ts";
import type { Interest } from "./filter.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";

/** Whom the engine serves now. */
export interface Served {
  /** Hosts that are stood in for. */
  sleepers: readonly Sleeper[];
  rules: Iterable<Rule>;
  /** Connections that go on by way of the proxy while their hosts are awake. */
  spliced: readonly StreamEnds[];
}

/** What the kernel is to show the engine. */
export function interestOf({ sleepers, rules, spliced }: Served): Interest {
  const ports = sleepers.flatMap((sleeper) => sleeper.ports);
  const live = [...rules].filter((rule) => rule.live);
  return {
    prefixes: [
      ...ports.flatMap(({ addresses }) => addresses.map(wholeAddress)),
      ...live.flatMap(({ prefixes }) => prefixes),
      ...spliced.map(({ own }) => bytesAsPrefix(own)),
    ],
    macLows: ports.map(({ macLow }) => macLow),
  };
}

/**
 * What the kernel is to leave to the engine.
 * @param names of the interfaces that are listened on
 */
export function dropsOf({ sleepers, spliced }: Served, names: readonly string[]): IngressDrops {
  const addresses = sleepers.flatMap(({ spec }) => spec.interfaces.flatMap((one) => one.addresses));
  const bare = addresses.map((address) => address.split("/")[0] as string);
  return {
    interfaces: names.filter((name) => /^[\w.@-]+$/.test(name)),
    ipv4: bare.filter((address) => !address.includes(":")),
    ipv6: bare.filter((address) => address.includes(":")),
    connections4: spliced.filter(({ own }) => own.length === 4).map(writeConnection),
    connections6: spliced.filter(({ own }) => own.length === 16).map(writeConnection),
  };
}

function wholeAddress({ family, words }: WordPrefix): WordPrefix {
  return { family, words, bits: family === 4 ? 32 : 128 };
}

/** As nftables writes a connection. */
function writeConnection({ peer, peerPort, own, ownPort }: StreamEnds): string {
  return `${addressText(peer)} . ${peerPort} . ${addressText(own)} . ${ownPort}`;
}

import type { HostReport } from "../bus/mod.ts";
import {
  type Host,
  type HostId,
  hostOfSelfUnit,
  type NetloomObject,
  type ObservedUnit,
  type UnitId,
  type Wake,
  type WakeProtocol,
  wakeProtocols,
} from "../schemas/mod.ts";
import { proxyOf } from "./compile/host.ts";
import { hostIdOf } from "./compile/unit.ts";

/** How a host that may sleep sleeps, as its proxy counts it. Totals are since the proxy's daemon started to count. */
export interface SleeperItem {
  host: HostId;
  proxy: HostId;
  /** "unknown": its proxy has not told of it yet. */
  power: "awake" | "asleep" | "waking" | "unknown";
  countedSeconds: number;
  asleepSeconds: number;
  /** Packets that rules sent for it while it slept. */
  answered: number;
  wakes: {
    byRule: number;
    byItself: number;
    /** Of those by rule: it was not seen to wake in time. */
    failed: number;
    /** Those by rule, by what the rule saw; only what has happened. */
    protocols: Partial<Record<WakeProtocol, number>>;
    /** Those by rule, by rule; only of rules that are there now. */
    rules: Record<UnitId, number>;
    /** The last ones, oldest first. */
    recent: Wake[];
  };
  /** How much less it has drawn than awake; absent when its Host declares no `sleep.power`. */
  savedKWh?: number;
}

/** All hosts that may sleep, in order of their names. Only what a host's own proxy says of it counts. */
export function sleeperItems(
  objects: Iterable<NetloomObject>,
  reportOf: (host: HostId) => HostReport | undefined,
): SleeperItem[] {
  const told = new Map<HostId, ReturnType<typeof byHost>>();
  const items: SleeperItem[] = [];
  for (const object of objects) {
    if (object.kind !== "Host") continue;
    const proxy = proxyOf(object);
    if (proxy === undefined) continue;
    if (!told.has(proxy)) told.set(proxy, byHost(reportOf(proxy)?.units ?? []));
    items.push(sleeperItem(object, proxy, told.get(proxy)?.get(hostIdOf(object)) ?? []));
  }
  return items.sort((a, b) => (a.host < b.host ? -1 : 1));
}

function sleeperItem(object: Host, proxy: HostId, units: readonly ObservedUnit[]): SleeperItem {
  const sleeper = units.find(({ id }) => id.startsWith("Host/"));
  const of = (name: string): number => sleeper?.counters?.[name] ?? 0;
  const protocols = wakeProtocols
    .map((protocol) => [protocol, of(`wakes_${protocol.toLowerCase()}_total`)] as const)
    .filter(([, count]) => count > 0);
  const rules = units
    .map(({ id, counters }) => [id, counters?.calls_total ?? 0] as const)
    .filter(([, count]) => count > 0);
  const watts = object.spec.sleep?.power;
  const asleepSeconds = of("asleep_seconds_total");
  return {
    host: hostIdOf(object),
    proxy,
    power: powerOf(sleeper),
    countedSeconds: of("counted_seconds_total"),
    asleepSeconds,
    answered: of("answered_total"),
    wakes: {
      byRule: of("wakes_by_rule_total"),
      byItself: of("wakes_by_itself_total"),
      failed: of("wakes_failed_total"),
      protocols: Object.fromEntries(protocols),
      rules: Object.fromEntries(rules),
      recent: sleeper?.wakes ?? [],
    },
    ...(watts && { savedKWh: ((watts.awakeWatts - watts.asleepWatts) * asleepSeconds) / 3_600_000 }),
  };
}

function powerOf(sleeper: ObservedUnit | undefined): SleeperItem["power"] {
  if (!sleeper?.counters) return "unknown";
  if (sleeper.counters.waking === 1) return "waking";
  return sleeper.counters.asleep === 1 ? "asleep" : "awake";
}

/** Units of the sleep engine by the host they are about: "Host/ns/name", "Rule/ns/rule/name", and the host's own. */
function byHost(units: readonly ObservedUnit[]): Map<HostId, ObservedUnit[]> {
  const found = new Map<HostId, ObservedUnit[]>();
  for (const unit of units) {
    if (unit.engine !== "sleep") continue;
    const parts = unit.id.split("/");
    const host = hostOfSelfUnit(unit.id) ?? `${parts[1]}/${parts.at(-1)}`;
    const known = found.get(host);
    if (known) known.push(unit);
    else found.set(host, [unit]);
  }
  return found;
}

import type { HostReport } from "../../bus/mod.ts";
import {
  type Artifact,
  canonicalJson,
  type DesiredUnit,
  type HostId,
  isSameAddress,
  type Layer45UnitSpec,
  type ObservedUnit,
  type SeenEnd,
  type SeenFlow,
  type UnitId,
} from "../../schemas/mod.ts";

/** A host of the fleet as far as a flow may be its own. */
export interface EndHost {
  id: HostId;
  /** That are declared of it, "10.0.0.5/24". */
  addresses: readonly string[];
  units: readonly DesiredUnit[];
  report: HostReport | undefined;
}

/** A module by which a message may be read, and as which end of the flow it has to be run. */
export interface Reader {
  unit: UnitId;
  spec: Layer45UnitSpec;
  role: "sender" | "receiver";
  module: Artifact;
}

/** Modules that are tried on one question. */
const readersMax = 8;

interface Ranked extends Reader {
  isArriving: boolean;
  met: number;
  priority: number;
}

/**
 * The modules that may read messages of a flow, likeliest first (layer-4.5 §2.1.2: by the values of the tap, and by those met
 * where the tap leaves them open): ends of the flow on hosts that have its addresses, where a module is in force. First come
 * modules at the end where the messages arrive, then those whose reports say that they met this flow's values, then
 * priority decides. A module at the end where messages leave is run as the other end would run it.
 */
export function findReaders(flow: SeenFlow, hosts: Iterable<EndHost>): Reader[] {
  const found: Ranked[] = [];
  for (const host of hosts) {
    const isArriving = hasAddress(host, flow.destination);
    if (!isArriving && !hasAddress(host, flow.source)) continue;
    for (const desired of host.units) {
      const reader = readerOf(desired, flow, { isArriving, host });
      if (reader) found.push(reader);
    }
  }
  const unique = new Map<string, Reader>();
  for (const reader of found.sort(byLikelihood)) {
    if (!unique.has(keyOf(reader))) unique.set(keyOf(reader), reader);
  }
  return [...unique.values()].slice(0, readersMax);
}

function readerOf(
  { unit, priority }: DesiredUnit,
  flow: SeenFlow,
  { isArriving, host }: { isArriving: boolean; host: EndHost },
): Ranked | undefined {
  const module = unit.artifacts.find(({ name }) => name === "module");
  if (unit.engine !== "layer45" || !module) return undefined;
  const seen = host.report?.units.find(({ id }) => id === unit.id);
  // What is installed only customizes nothing; what is deprecated still has flows.
  if (seen?.digest !== unit.digest || seen.state === "installed") return undefined;
  const spec = unit.spec as Layer45UnitSpec;
  const [local, remote] = isArriving ? [flow.destination, flow.source] : [flow.source, flow.destination];
  const { tap } = spec;
  if (tap.protocol !== flow.protocol || !fits(tap.local, local) || !fits(tap.remote, remote))
    return undefined;
  const role = isArriving ? spec.role : spec.role === "sender" ? "receiver" : "sender";
  return { unit: unit.id, spec, role, module, isArriving, priority, met: metValues(seen, { local, remote }) };
}

function fits(wanted: { address?: string; port?: number }, end: SeenEnd): boolean {
  if (wanted.port !== undefined && wanted.port !== end.port) return false;
  return wanted.address === undefined || isSameAddress(wanted.address, end.address);
}

/** How many of the flow's values a module's report lists among those it met. */
function metValues(
  { met = {} }: ObservedUnit,
  { local, remote }: { local: SeenEnd; remote: SeenEnd },
): number {
  const isMet = {
    localAddress: (value: string) => isSameAddress(value, local.address),
    localPort: (value: string) => value === `${local.port}`,
    remoteAddress: (value: string) => isSameAddress(value, remote.address),
    remotePort: (value: string) => value === `${remote.port}`,
  };
  return Object.entries(isMet).filter(([name, is]) => met[name]?.some(is)).length;
}

const hasAddress = ({ addresses }: EndHost, { address }: SeenEnd): boolean =>
  addresses.some((own) => isSameAddress(own, address));

const byLikelihood = (a: Ranked, b: Ranked): number =>
  Number(b.isArriving) - Number(a.isArriving) ||
  b.met - a.met ||
  a.priority - b.priority ||
  (a.unit < b.unit ? -1 : 1);

/** Two that would say the same. */
const keyOf = ({ module, role, spec }: Reader): string =>
  `${module.digest} ${role} ${canonicalJson(spec.config)}`;

import type { Host } from "../generated/objects.ts";
import { type Prefix, parsePrefix, prefixContains } from "../prefix.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkReference } from "./selection.ts";
import { badValue, checkAddress, checkDuration, checkQuantity } from "./values.ts";

/** A Host by itself, and its proxy. Addresses that two hosts have are found in `clashes.ts`. */
export function* checkHost(host: Host, fleet: Fleet): Iterable<Fault> {
  const names = new Set<string>();
  for (const [index, { name, addresses }] of host.spec.interfaces.entries()) {
    const path = ["spec", "interfaces", index];
    if (names.has(name)) yield badValue([...path, "name"], `"${name}" again`, "unique on its host");
    names.add(name);
    for (const [at, text] of addresses.entries()) {
      if (parsePrefix(text) !== undefined) continue;
      yield badValue(
        [...path, "addresses", at],
        JSON.stringify(text),
        'an address with prefix length, such as "10.0.0.5/24"',
      );
    }
  }
  if (host.spec.sleep !== undefined) yield* checkSleep(host, host.spec.sleep, fleet);
  if (host.spec.lab !== undefined) yield* checkLab(host.spec.lab, names);
}

function* checkSleep(host: Host, sleep: NonNullable<Host["spec"]["sleep"]>, fleet: Fleet): Iterable<Fault> {
  const bounds = { min: 1, max: 8 * 2 ** 20 };
  yield* checkQuantity(
    ["spec", "sleep", "selfService", "moduleSizeMax"],
    sleep.selfService?.moduleSizeMax,
    bounds,
  );
  for (const [index, { name, mac }] of host.spec.interfaces.entries()) {
    if (mac !== undefined) continue;
    yield fault(["spec", "interfaces", index], problem("meaning.sleeper-without-mac", { interface: name }));
  }
  if (host.spec.interfaces.every(({ addresses }) => addresses.length === 0)) {
    yield fault(["spec", "interfaces"], problem("meaning.sleeper-without-address", {}));
  }
  yield* checkProxy(host, sleep, fleet);
}

function* checkProxy(host: Host, sleep: NonNullable<Host["spec"]["sleep"]>, fleet: Fleet): Iterable<Fault> {
  const path = ["spec", "sleep", "proxy"];
  const { name, namespace } = host.metadata;
  const unknown = checkReference("Host", { name: sleep.proxy, namespace }, fleet);
  if (unknown !== undefined) {
    yield fault(path, unknown);
    return;
  }
  const proxy = fleet.get("Host", { name: sleep.proxy, namespace });
  const unfit = (reason: string): Fault =>
    fault(path, problem("meaning.proxy-unfit", { proxy: sleep.proxy, reason }));
  if (sleep.proxy === name) yield unfit("it is the host itself");
  else if (proxy === undefined) return;
  else if (!proxy.spec.daemon) yield unfit("it has no daemon (its spec.daemon is false)");
  else if (proxy.spec.sleep !== undefined) yield unfit("it may sleep itself (it has a spec.sleep)");
  else if (sleep.takeover && !shareNetwork(host, proxy)) {
    yield unfit(
      "it is on none of the host's networks, so that it cannot claim its addresses (set takeover to false if it routes to the host)",
    );
  }
}

/** Whether an address of each is in one network; unknown, and so granted, when the proxy lists none. */
function shareNetwork(host: Host, proxy: Host): boolean {
  const theirs = prefixesOf(proxy);
  if (theirs.length === 0) return true;
  return prefixesOf(host).some((own) =>
    theirs.some((other) => own.length === other.length && prefixContains(own, other)),
  );
}

function prefixesOf(host: Host): Prefix[] {
  return host.spec.interfaces
    .flatMap(({ addresses }) => addresses)
    .map(parsePrefix)
    .filter((prefix) => prefix !== undefined);
}

function* checkLab(lab: NonNullable<Host["spec"]["lab"]>, names: ReadonlySet<string>): Iterable<Fault> {
  const delayBounds = { minMs: 0, maxMs: 60_000 };
  yield* checkDuration(["spec", "lab", "delay"], lab.delay, delayBounds);
  for (const [index, text] of (lab.gateway ?? []).entries()) {
    yield* checkAddress(["spec", "lab", "gateway", index], text);
  }
  for (const [index, { name, delay }] of (lab.interfaces ?? []).entries()) {
    const path = ["spec", "lab", "interfaces", index];
    yield* checkDuration([...path, "delay"], delay, delayBounds);
    if (names.has(name)) continue;
    yield badValue(
      [...path, "name"],
      `"${name}"`,
      `the name of one of the host's interfaces (${[...names].join(", ")})`,
    );
  }
}

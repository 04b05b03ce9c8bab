import type { Customization, CustomizationEnd, Host } from "../generated/objects.ts";
import { isSameAddress, type Prefix, parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { badValue } from "./values.ts";

const opposite = { local: "remote", remote: "local" } as const;
const namesMax = 5;

/** Whether the two ends of a customization are ends of the same flows, on hosts that can have them. */
export function* checkEnds({ metadata, spec }: Customization, fleet: Fleet): Iterable<Fault> {
  const [first, second] = spec.ends;
  if (first !== undefined && second !== undefined) yield* checkPair(first, second);
  for (const [index, end] of spec.ends.entries()) {
    const other = spec.ends.find((one) => one !== end);
    for (const side of ["local", "remote"] as const) {
      const address = end.tap[side]?.address;
      const owner = side === "local" ? end : other;
      // What the other end says of it as well is told there.
      if (address === undefined || owner === undefined) continue;
      const elsewhere = notAmong(address, fleet.select(owner.hosts, metadata.namespace));
      if (!elsewhere) continue;
      const data = { side, address, role: owner.role, hosts: elsewhere };
      const path = ["spec", "ends", index, "tap", side, "address"];
      yield fault(path, problem("meaning.end-elsewhere", data));
    }
  }
}

/** What is local to one end is remote to the other (layer-4.5 §2.2.2: taps are seen from outgoing messages). */
function* checkPair(first: CustomizationEnd, second: CustomizationEnd): Iterable<Fault> {
  if (first.role === second.role) {
    yield badValue(["spec", "ends", 1, "role"], `"${second.role}" again`, "the other role");
  }
  const mismatch = (part: string, is: unknown, other: unknown): Fault =>
    fault(
      ["spec", "ends", 1, "tap", ...part.split(".")],
      problem("meaning.ends-mismatch", { part, is: String(is), other: String(other) }),
    );
  if (first.tap.protocol !== second.tap.protocol) {
    yield mismatch("protocol", second.tap.protocol, first.tap.protocol);
  }
  for (const own of ["local", "remote"] as const) {
    const [is, other] = [second.tap[own], first.tap[opposite[own]]];
    if (is?.port !== undefined && other?.port !== undefined && is.port !== other.port) {
      yield mismatch(`${own}.port`, is.port, other.port);
    }
    if (
      is?.address !== undefined &&
      other?.address !== undefined &&
      !isSameAddress(is.address, other.address)
    ) {
      yield mismatch(`${own}.address`, is.address, other.address);
    }
  }
}

/** The hosts, when all of them list their addresses and none has this one. */
function notAmong(text: string, hosts: readonly Host[]): string[] | undefined {
  const wanted = parsePrefix(text);
  if (wanted === undefined || wanted.address === 0n || isLoopback(wanted) || hosts.length === 0)
    return undefined;
  const mayHave = hosts.some(({ spec }) => {
    const own = spec.interfaces.flatMap(({ addresses }) => addresses);
    // One that is none is told of its host.
    const isUnknown = own.length === 0 || own.some((address) => parsePrefix(address) === undefined);
    return isUnknown || own.some((address) => isSameAddress(address, text));
  });
  return mayHave ? undefined : hosts.slice(0, namesMax).map(({ metadata }) => metadata.name);
}

const isLoopback = ({ family, address }: Prefix): boolean =>
  family === 4 ? address >> 24n === 127n : address === 1n;

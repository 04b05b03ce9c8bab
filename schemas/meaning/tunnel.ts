import { isIPv4 } from "node:net";
import type { Tunnel, TunnelSide } from "../generated/objects.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkProposals } from "./proposals.ts";
import { checkSelector, daemon } from "./selection.ts";
import { badValue, checkAddress, checkDuration, checkPrefix, checkQuantity } from "./values.ts";

const bufferBytes = { min: 4096, max: 2 ** 30 };
const timeoutMs = { minMs: 10, maxMs: 30 * 86_400_000 };

/** A Tunnel by itself and its hosts. Ports that two tunnels of a host want are found in `clashes.ts`. */
export function* checkTunnel({ metadata, spec }: Tunnel, fleet: Fleet): Iterable<Fault> {
  const { namespace } = metadata;
  yield* checkSelector(spec.hosts, { path: ["spec", "hosts"], namespace, requirement: daemon }, fleet);
  yield* checkListen(spec, namespace, fleet);
  for (const [index, text] of spec.endpoints.allow.entries()) {
    yield* checkEndpoint(["spec", "endpoints", "allow", index], text);
  }
  yield* checkSide(["spec", "client"], spec.client);
  yield* checkSide(["spec", "endpoint"], spec.endpoint);
  yield* checkDuration(["spec", "connectTimeout"], spec.connectTimeout, timeoutMs);
  yield* checkDuration(["spec", "idleTimeout"], spec.idleTimeout, timeoutMs);
  yield* checkIntercept(spec);
  yield* checkProposals(spec.proposals, namespace, fleet);
}

/** An address of its own that the tunnel listens on must be one of each host's that lists addresses. */
function* checkListen({ hosts, listen }: Tunnel["spec"], namespace: string, fleet: Fleet): Iterable<Fault> {
  const path = ["spec", "listen", "address"];
  yield* checkAddress(path, listen.address);
  const wanted = parsePrefix(listen.address);
  if (wanted === undefined || wanted.address === 0n || isLoopback(listen.address)) return;
  const without = fleet.select(hosts, namespace).filter(({ spec }) => {
    const own = spec.interfaces.flatMap(({ addresses }) => addresses);
    return own.length > 0 && !own.some((text) => parsePrefix(text)?.address === wanted.address);
  });
  if (without.length === 0) return;
  const names = without.slice(0, 5).map(({ metadata }) => metadata.name);
  yield fault(path, problem("meaning.address-elsewhere", { address: listen.address, hosts: names }));
}

function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** "10.0.0.0/8:*", "[fd00::]/64:443", "192.0.2.1:8000-8080". */
function* checkEndpoint(path: readonly (string | number)[], text: string): Iterable<Fault> {
  const colon = text.lastIndexOf(":");
  yield* checkPrefix(path, text.slice(0, colon).replace(/[[\]]/g, ""));
  const ports = text.slice(colon + 1);
  if (ports === "*") return;
  const [first = 0, last = first] = ports.split("-").map(Number);
  if (first < 1 || last > 65_535 || first > last)
    yield badValue(path, `"${text}"`, "with ports from 1 to 65535");
}

function* checkSide(path: readonly string[], side: TunnelSide): Iterable<Fault> {
  yield* checkQuantity([...path, "sendBuffer"], side.sendBuffer, bufferBytes);
  yield* checkQuantity([...path, "receiveBuffer"], side.receiveBuffer, bufferBytes);
  yield* checkDuration([...path, "keepAlive"], side.keepAlive, { minMs: 1000, maxMs: 32_767_000 });
}

function* checkIntercept({ handshake, intercept }: Tunnel["spec"]): Iterable<Fault> {
  const path = ["spec", "intercept"];
  if (handshake === "transparent" && intercept === undefined) {
    yield badValue(path, "missing", "given: a transparent tunnel has to know which connections to divert");
  }
  if (handshake !== "transparent" && intercept !== undefined) {
    yield badValue(
      path,
      `given with handshake ${handshake}`,
      "absent: only a transparent tunnel diverts connections",
    );
  }
  for (const name of ["sources", "destinations"] as const) {
    for (const [index, text] of (intercept?.[name] ?? []).entries()) {
      yield* checkPrefix([...path, name, index], text);
    }
  }
}

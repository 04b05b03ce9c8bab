import type { NetfilterHook, Rule, SleepProxy } from "../generated/objects.ts";
import { parsePrefix } from "../prefix.ts";
import { problem } from "../problem.ts";
import { type Fault, fault } from "./fault.ts";
import type { Fleet } from "./fleet.ts";
import { checkProposals } from "./proposals.ts";
import { checkSelector, daemon, sleepSection } from "./selection.ts";
import { badValue, checkConfig, checkDuration, checkLimits, checkPrefix } from "./values.ts";

/** Which hooks a table of netfilter has (iptables(8)). */
const hooksOf: Record<NetfilterHook["table"], readonly NetfilterHook["hook"][]> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  security: ["INPUT", "FORWARD", "OUTPUT"],
};

const protocolsWithPorts = ["tcp", "udp", "udplite", "sctp", "dccp"];

/** A Rule: its hosts, its hook, and whether its program is of the kind that the hook runs. */
export function* checkRule({ metadata, spec }: Rule, fleet: Fleet): Iterable<Fault> {
  const { namespace } = metadata;
  const requirement = spec.sleepProxy !== undefined ? sleepSection : daemon;
  yield* checkSelector(spec.hosts, { path: ["spec", "hosts"], namespace, requirement }, fleet);
  if (spec.sleepProxy !== undefined) yield* checkSleepProxy(spec.sleepProxy);
  if (spec.netfilter !== undefined) yield* checkNetfilter(spec.netfilter);
  yield* checkProgram(spec);
  yield* checkLimits(["spec", "limits"], spec.limits);
  yield* checkConfig(["spec", "program", "config"], spec.program.config);
  yield* checkProposals(spec.proposals, namespace, fleet);
}

function* checkSleepProxy(sleepProxy: SleepProxy): Iterable<Fault> {
  const { layer, addresses = [], port, interval } = sleepProxy;
  const path = ["spec", "sleepProxy"];
  if (sleepProxy.stream) yield* checkStream(path, sleepProxy);
  if (port !== undefined && layer !== "UDP" && layer !== "TCP") {
    yield badValue([...path, "port"], `given for layer ${layer}`, "absent: only UDP and TCP have ports");
  }
  yield* checkDuration([...path, "interval"], interval, { minMs: 10, maxMs: 7 * 86_400_000 });
  const family = layer === "IPv4" || layer === "IGMP" ? 4 : layer === "IPv6" ? 6 : undefined;
  for (const [index, text] of addresses.entries()) {
    const at = [...path, "addresses", index];
    yield* checkPrefix(at, text);
    const prefix = parsePrefix(text);
    if (prefix !== undefined && family !== undefined && prefix.family !== family) {
      yield badValue(at, JSON.stringify(text), `of IPv${family}, as layer ${layer} is`);
    }
  }
}

function* checkStream(path: string[], { layer, addresses = [], port, raw }: SleepProxy): Iterable<Fault> {
  if (layer !== "TCP") yield badValue([...path, "layer"], layer, "TCP beside stream: true");
  if (layer === "TCP" && port === undefined) {
    yield badValue([...path, "port"], "absent", "given beside stream: true: connections are accepted there");
  }
  if (raw) yield badValue([...path, "raw"], "true", "absent beside stream: true, which has no frames");
  for (const [index, text] of addresses.entries()) {
    const prefix = parsePrefix(text);
    if (prefix === undefined || prefix.length === (prefix.family === 4 ? 32 : 128)) continue;
    const must = "a whole address beside stream: true: connections are accepted there";
    yield badValue([...path, "addresses", index], JSON.stringify(text), must);
  }
}

function* checkNetfilter({ table, hook, match }: NetfilterHook): Iterable<Fault> {
  const path = ["spec", "netfilter"];
  if (!hooksOf[table].includes(hook)) {
    yield badValue(
      [...path, "hook"],
      hook,
      `one of ${hooksOf[table].join(", ")}: table ${table} has no other`,
    );
  }
  const noInput = hook === "OUTPUT" || hook === "POSTROUTING";
  if (match.inInterface !== undefined && noInput) {
    yield badValue(
      [...path, "match", "inInterface"],
      "given",
      `absent: at ${hook} there is no such interface`,
    );
  }
  const noOutput = hook === "PREROUTING" || hook === "INPUT";
  if (match.outInterface !== undefined && noOutput) {
    yield badValue(
      [...path, "match", "outInterface"],
      "given",
      `absent: at ${hook} there is no such interface`,
    );
  }
  for (const name of ["sourcePort", "destinationPort"] as const) {
    if (match[name] === undefined || protocolsWithPorts.includes(match.protocol ?? "")) continue;
    const must = `beside a protocol that has ports (${protocolsWithPorts.join(", ")})`;
    yield badValue([...path, "match", name], `given with protocol ${match.protocol ?? "unset"}`, must);
  }
  yield* checkMatchFamilies(match);
}

function* checkMatchFamilies(match: NetfilterHook["match"]): Iterable<Fault> {
  const path = ["spec", "netfilter", "match"];
  let family = match.family === undefined ? undefined : match.family === "IPv4" ? 4 : 6;
  for (const name of ["source", "destination"] as const) {
    const text = match[name];
    if (text === undefined) continue;
    yield* checkPrefix([...path, name], text);
    const prefix = parsePrefix(text);
    family ??= prefix?.family;
    if (prefix !== undefined && prefix.family !== family) {
      yield badValue([...path, name], JSON.stringify(text), `of IPv${family}, as the rest of the match is`);
    }
  }
}

function* checkProgram({ sleepProxy, program }: Rule["spec"]): Iterable<Fault> {
  const path = ["spec", "program"];
  if (sleepProxy !== undefined && program.lua !== undefined) {
    yield fault(
      [...path, "lua"],
      problem("meaning.program-unfit", { hook: "sleepProxy", program: "lua", wanted: "wasm or standard" }),
    );
  }
  for (const name of ["wasm", "standard"] as const) {
    if (sleepProxy !== undefined || program[name] === undefined) continue;
    yield fault(
      [...path, name],
      problem("meaning.program-unfit", { hook: "netfilter", program: name, wanted: "lua" }),
    );
  }
  for (const name of ["function", "state"] as const) {
    if (program[name] === undefined || program.lua !== undefined) continue;
    yield badValue([...path, name], "given", "beside lua only: other programs have no such thing");
  }
}

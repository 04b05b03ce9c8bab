import { isIP } from "node:net";
import { addressBytes, isNamePattern, type Layer45UnitSpec, nameTest } from "../../schemas/mod.ts";
import type { SocketOwner } from "../linux/mod.ts";
import type { Endpoint, FlowEnds } from "./flow.ts";

type TapSpec = Layer45UnitSpec["tap"];

/** The parameters that a tap leaves open, which are reported as they are met. */
export const openParameters = [
  "task",
  "group",
  "localAddress",
  "localPort",
  "remoteAddress",
  "remotePort",
] as const;
export type OpenParameter = (typeof openParameters)[number];

/** Whether a flow is one that a tap means (layer-4.5 §2.2.2). What the tap leaves out matches everything. */
export class Tap {
  readonly protocol: "UDP" | "TCP";
  readonly spec: TapSpec;
  /** The address family that its addresses are of; undefined: either. */
  readonly family: 4 | 6 | undefined;
  readonly open: ReadonlySet<OpenParameter>;
  readonly #task: (name: string) => boolean;
  readonly #group: (name: string) => boolean;
  readonly #local: (end: Endpoint) => boolean;
  readonly #remote: (end: Endpoint) => boolean;

  constructor(spec: TapSpec) {
    this.protocol = spec.protocol;
    this.spec = spec;
    const address = spec.local.address ?? spec.remote.address;
    this.family = address === undefined ? undefined : isIP(address) === 6 ? 6 : 4;
    this.#task = nameTest(spec.application.task ?? "*");
    this.#group = nameTest(spec.application.group ?? "*");
    this.#local = endpointTest(spec.local);
    this.#remote = endpointTest(spec.remote);
    this.open = openIn(spec);
  }

  matchesOwner({ task, group, otherTasks }: SocketOwner): boolean {
    return this.#group(group) && (this.#task(task) || otherTasks.some((name) => this.#task(name)));
  }

  matchesEnds({ local, remote }: FlowEnds): boolean {
    return this.#local(local) && this.#remote(remote);
  }
}

const always = (): boolean => true;
function endpointTest({ address, port }: TapSpec["local"]): (end: Endpoint) => boolean {
  const wanted = address === undefined ? undefined : addressBytes(address);
  if (!wanted) return port === undefined ? always : (end) => end.port === port;
  return (end) => (port === undefined || end.port === port) && isSame(wanted, end.address);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function openIn({ application, local, remote }: TapSpec): Set<OpenParameter> {
  const open = new Set<OpenParameter>();
  const isOpen = (name: string | undefined): boolean => name === undefined || isNamePattern(name);
  if (isOpen(application.task)) open.add("task");
  if (isOpen(application.group)) open.add("group");
  if (local.address === undefined) open.add("localAddress");
  if (local.port === undefined) open.add("localPort");
  if (remote.address === undefined) open.add("remoteAddress");
  if (remote.port === undefined) open.add("remotePort");
  return open;
}

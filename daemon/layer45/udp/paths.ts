import { encodeFlowContext } from "../../../modules/mod.ts";
import type { SocketOwner, SocketOwners } from "../../linux/mod.ts";
import type { Customization, Station } from "../customization.ts";
import { Flow, type FlowEnds } from "../flow.ts";
import type { Direction } from "../message-counts.ts";
import type { Datagram } from "./datagram.ts";

/** Pairs of ends that are remembered; those that are known longest are forgotten. */
const pathsMax = 65_536;
const flowsMax = 65_536;
/** A socket that connects takes over what went to another: whose a path is is asked again after so long. */
const checkEveryMs = 1_000;

/** What one socket has to do with one peer, in one direction: the customizations that are asked, in order. */
export interface Path {
  readonly flow: Flow;
  /** The side of the flow whose messages keep their order. */
  readonly side: string;
  readonly stations: readonly Station[];
  readonly madeOf: { roster: number; flow: number };
  readonly checkAtMs: number;
}

interface KnownFlow {
  flow: Flow;
  keys: Set<string>;
}

/**
 * Which customizations see the datagrams between two ends. Whose socket it is, and which taps mean it, is found out with the
 * first datagram and remembered until the socket is closed or passed on, or the customizations change.
 */
export class Paths {
  readonly #owners: SocketOwners;
  readonly #paths = { out: new Map<string, Path>(), in: new Map<string, Path>() };
  readonly #flows = new Map<bigint, KnownFlow>();
  #customizations: readonly Customization[] = [];
  #roster = 0;
  #flowNumbers = 0;

  constructor(owners: SocketOwners) {
    this.#owners = owners;
  }

  /** There are these customizations from now on, by priority. */
  settle(customizations: readonly Customization[]): void {
    this.#customizations = customizations;
    this.#roster += 1;
  }

  /** Undefined when nobody here has a socket for it. Throws `linux.*` when the kernel does not say. */
  find(direction: Direction, datagram: Datagram, nowMs: number): Path | undefined {
    const known = this.#paths[direction].get(datagram.key);
    if (known && nowMs < known.checkAtMs && this.#isCurrent(known)) return known;
    const owner = this.#ownerOf(direction, datagram);
    return owner && this.#make(direction, datagram, owner, nowMs);
  }

  /** Forgets what was true of sockets that have since been closed or passed on. */
  follow(): void {
    for (const { cookie, kind } of this.#owners.changes()) {
      const known = this.#flows.get(cookie);
      if (!known) continue;
      if (kind === "closed") this.#close(known);
      else {
        known.flow.generation += 1;
        this.#owners.watch(cookie);
      }
    }
  }

  /** Takes those off that are deprecated and have had nothing to do since then. */
  release(sinceMs: number): void {
    for (const customization of this.#customizations) {
      if (customization.state !== "deprecated") continue;
      for (const { flow, activeMs } of [...customization.attached]) {
        if (activeMs < sinceMs) flow.detach(customization);
      }
    }
  }

  close(): void {
    for (const known of [...this.#flows.values()]) this.#close(known);
  }

  #isCurrent({ madeOf, flow }: Path): boolean {
    return madeOf.roster === this.#roster && madeOf.flow === flow.generation;
  }

  #make(direction: Direction, datagram: Datagram, owner: SocketOwner, nowMs: number): Path {
    const ends = datagram.ends(direction);
    const known = this.#flowOf(owner);
    const { flow } = known;
    const stations = this.#stationsFor(direction, flow, ends, nowMs);
    const made: Path = {
      flow,
      side: `${flow.number} ${direction}`,
      stations,
      madeOf: { roster: this.#roster, flow: flow.generation },
      checkAtMs: nowMs + checkEveryMs,
    };
    this.#remember(known, direction, datagram.key, made);
    return made;
  }

  #ownerOf(direction: Direction, datagram: Datagram): SocketOwner | undefined {
    const { local, remote } = datagram.ends(direction);
    const ends = {
      protocol: "UDP" as const,
      local: local.address,
      localPort: local.port,
      remote: remote.address,
      remotePort: remote.port,
      interface: datagram.device,
    };
    return this.#owners.find(ends, direction === "out" ? "sent" : "received");
  }

  #flowOf(owner: SocketOwner): KnownFlow {
    const known = this.#flows.get(owner.cookie);
    if (known) {
      known.flow.owner = owner;
      // Those that are used move behind those that are not, which are forgotten first.
      this.#flows.delete(owner.cookie);
      this.#flows.set(owner.cookie, known);
      return known;
    }
    if (this.#flows.size >= flowsMax) this.#close(this.#flows.values().next().value as KnownFlow);
    this.#flowNumbers += 1;
    const made = { flow: new Flow(this.#flowNumbers, owner), keys: new Set<string>() };
    this.#flows.set(owner.cookie, made);
    this.#owners.watch(owner.cookie);
    return made;
  }

  #stationsFor(direction: Direction, flow: Flow, ends: FlowEnds, nowMs: number): Station[] {
    const { owner } = flow;
    const stations: Station[] = [];
    // A socket that was passed on may have another owner than the one whose name a tap means.
    for (const { customization } of [...flow.attachments]) {
      if (!customization.tap.matchesOwner(owner)) flow.detach(customization);
    }
    for (const customization of this.#customizations) {
      if (!customization.sees(direction)) continue;
      let attachment = flow.attachment(customization);
      if (attachment ? !customization.matches(owner, ends) : !customization.takes(owner, ends)) continue;
      attachment ??= flow.attach(customization, { isLate: false, nowMs });
      customization.met.note(owner, ends);
      const { role, tap } = customization.spec;
      const context = encodeFlowContext({ protocol: tap.protocol, role, ...ends, ...owner });
      stations.push({ attachment, view: { number: flow.number, context, flags: 0 } });
    }
    return stations;
  }

  #remember(known: KnownFlow, direction: Direction, key: string, path: Path): void {
    const paths = this.#paths[direction];
    paths.delete(key);
    if (paths.size >= pathsMax) this.#forgetFirst(paths, direction);
    paths.set(key, path);
    known.keys.add(direction + key);
  }

  #forgetFirst(paths: Map<string, Path>, direction: Direction): void {
    const [key, path] = paths.entries().next().value as [string, Path];
    paths.delete(key);
    this.#flows.get(path.flow.owner.cookie)?.keys.delete(direction + key);
  }

  #close({ flow, keys }: KnownFlow): void {
    for (const key of keys) {
      if (key.startsWith("out")) this.#paths.out.delete(key.slice(3));
      else this.#paths.in.delete(key.slice(2));
    }
    this.#flows.delete(flow.owner.cookie);
    this.#owners.unwatch(flow.owner.cookie);
    flow.close();
  }
}

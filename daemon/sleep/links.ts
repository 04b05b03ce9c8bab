import { fail } from "../../schemas/mod.ts";
import { type Interface, listInterfaces } from "../linux/mod.ts";
import type { LoopContext } from "../worker/mod.ts";
import { encodeFilter, type Interest, interceptFilter } from "./filter.ts";
import { Link, pathInterfaces, sharedInterface } from "./link.ts";
import type { Sleeper } from "./sleeper.ts";

/** Filters are made anew when nothing has changed for this long; until then every frame is taken. */
const narrowAfterMs = 200;

/** The proxy's interfaces that are listened on, and for whom. */
export class Links {
  readonly #context: LoopContext;
  readonly #links = new Map<number, Link>();
  #narrowMs = Number.POSITIVE_INFINITY;

  constructor(context: LoopContext) {
    this.#context = context;
  }

  get open(): IterableIterator<Link> {
    return this.#links.values();
  }

  isOpen(link: Link): boolean {
    return this.#links.get(link.index) === link;
  }

  /**
   * Opens what a host is met on: the interfaces that share a subnet with it; when the proxy is on the path, also every
   * other one with an address. Throws `sleep.no-link` and `linux.*`, and has opened nothing then.
   */
  attach(sleeper: Sleeper): void {
    if (sleeper.links.length > 0) return;
    const interfaces = listInterfaces();
    const shared = sleeper.ports.map((port) => sharedInterface(port.addresses, interfaces));
    const chosen = sleeper.spec.takeover ? shared : [...shared, ...pathInterfaces(interfaces)];
    const found = [...new Set(chosen.filter((one) => one !== undefined))];
    if (found.length === 0) failNoLink(sleeper, interfaces);
    sleeper.links = found.map((one) => this.#open(one));
    for (const link of sleeper.links) link.users += 1;
    for (const [place, port] of sleeper.ports.entries()) {
      port.link = sleeper.links.find(({ index }) => index === shared[place]?.index);
    }
  }

  /** What is to be seen has changed. More: every frame is taken, until the filters fit again. */
  interestChanged(change: "more" | "fewer", nowMs: number): void {
    if (change === "more") for (const { ring } of this.#links.values()) ring.setFilter(undefined);
    this.#narrowMs = nowMs + narrowAfterMs;
  }

  /** Puts filters into the kernel when it is time to; returns when it wants to be called again. */
  narrow(nowMs: number, interest: () => Interest): number {
    if (nowMs < this.#narrowMs) return this.#narrowMs;
    this.#narrowMs = Number.POSITIVE_INFINITY;
    const program = encodeFilter(interceptFilter(interest()));
    for (const { ring } of this.#links.values()) ring.setFilter(program);
    return this.#narrowMs;
  }

  detach(sleeper: Sleeper): void {
    for (const link of sleeper.links) link.users -= 1;
    sleeper.links = [];
    for (const port of sleeper.ports) port.link = undefined;
  }

  /** Sends what was written, and closes what nobody uses any more; not while a link's frames are being read. */
  settle(): void {
    for (const link of this.#links.values()) {
      link.ring.flush();
      if (link.users === 0) this.#close(link);
    }
  }

  /** An interface that went down makes every wait end at once, until its error is taken. */
  takeErrors(): void {
    for (const { ring } of this.#links.values()) ring.takeError();
  }

  #open(found: Interface): Link {
    const known = this.#links.get(found.index);
    if (known) return known;
    const link = new Link(found);
    for (const holding of link.ring.holdings()) this.#context.hold(holding);
    this.#links.set(link.index, link);
    this.#context.changed();
    return link;
  }

  #close(link: Link): void {
    this.#links.delete(link.index);
    for (const holding of link.ring.holdings()) this.#context.release(holding);
    link.ring.close();
    this.#context.changed();
  }
}

function failNoLink(sleeper: Sleeper, interfaces: Interface[]): never {
  const names = interfaces.filter(({ loopback }) => !loopback).map(({ name }) => name);
  const addresses = sleeper.spec.interfaces.flatMap((one) => one.addresses).join(", ");
  return fail("sleep.no-link", { host: sleeper.host, addresses, interfaces: names.join(", ") || "none" });
}

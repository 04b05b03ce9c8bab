import type { Agenda } from "./agenda.ts";
import { announce } from "./claims.ts";
import type { Links } from "./links.ts";
import type { Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";
import type { Streams } from "./streams.ts";
import type { Traffic } from "./traffic.ts";

/** Claims are repeated once after this long, for a frame may be lost (RFC 5227 §2.3). */
const announceAgainMs = 2_000;

export interface StandParts {
  traffic: Traffic;
  links: Links;
  agenda: Agenda;
  streams: Streams;
}

/** Makes the proxy stand in for hosts, and stop to: the one place where traffic, links and claims change together. */
export class Stand {
  readonly #traffic: Traffic;
  readonly #links: Links;
  readonly #agenda: Agenda;
  readonly #streams: Streams;

  constructor({ traffic, links, agenda, streams }: StandParts) {
    this.#streams = streams;
    this.#traffic = traffic;
    this.#links = links;
    this.#agenda = agenda;
  }

  /** Intercepts for the host and claims its addresses. Throws what `Links.attach` throws, and has done nothing then. */
  enter(sleeper: Sleeper, nowMs: number): void {
    this.#links.attach(sleeper);
    this.#links.interestChanged("more", nowMs);
    sleeper.standing = true;
    sleeper.problem = undefined;
    for (const port of sleeper.ports) {
      this.#traffic.macs.set(48, [0, 0, port.macHigh, port.macLow], sleeper);
      for (const { family, words } of port.addresses) {
        this.#traffic.owners.set(family === 4 ? 32 : 128, words, sleeper);
      }
    }
    for (const rule of sleeper.rules) this.settle(rule, nowMs);
    this.claim(sleeper);
    if (sleeper.spec.takeover) this.#agenda.add(nowMs + announceAgainMs, { kind: "announce", sleeper });
  }

  /** Stops interception at once and gives the addresses back. */
  leave(sleeper: Sleeper): void {
    if (sleeper.standing) {
      sleeper.standing = false;
      for (const port of sleeper.ports) {
        this.#traffic.macs.delete(48, [0, 0, port.macHigh, port.macLow]);
        for (const { family, words } of port.addresses) {
          this.#traffic.owners.delete(family === 4 ? 32 : 128, words);
        }
      }
      for (const rule of sleeper.rules) this.withdraw(rule);
      if (sleeper.spec.takeover) announce(sleeper, "host");
      this.#links.interestChanged("fewer", performance.now());
    }
    this.#links.detach(sleeper);
  }

  claim(sleeper: Sleeper): void {
    if (sleeper.standing && sleeper.spec.takeover) announce(sleeper, "proxy");
  }

  /** Makes a rule's seeing packets, and its timer, follow from its state and its host's. */
  settle(rule: Rule, nowMs: number): void {
    const wanted = rule.state === "active" && rule.problem === undefined && rule.sleeper?.standing === true;
    if (!wanted) this.withdraw(rule);
    if (!wanted || rule.live) return;
    rule.live = true;
    this.#links.interestChanged("more", nowMs);
    this.#traffic.rules.add(rule);
    this.wind(rule, nowMs);
    if (rule.spec.stream) this.#streams.open(rule);
  }

  withdraw(rule: Rule): void {
    if (!rule.live) return;
    rule.live = false;
    this.#traffic.rules.remove(rule);
    this.#links.interestChanged("fewer", performance.now());
    if (rule.spec.stream) this.#streams.close(rule);
    if (rule.interval) this.#agenda.remove(rule.interval);
    rule.interval = undefined;
  }

  /** Has the rule's timer go off one interval from now. */
  wind(rule: Rule, nowMs: number): void {
    const { intervalMs } = rule.spec;
    if (intervalMs === undefined) return;
    rule.interval = this.#agenda.add(nowMs + intervalMs, { kind: "interval", rule });
  }
}

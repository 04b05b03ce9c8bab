import { fail, type HostId, ProblemError, type UnitId, type UnitState } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import { listInterfaces } from "../linux/mod.ts";
import { Caller } from "./caller.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type PowerEvent, stepPower } from "./power.ts";
import type { Rule } from "./rule.ts";
import type { Rules } from "./rules.ts";
import { Sleeper } from "./sleeper.ts";
import type { WakeCall } from "./wakes.ts";

/** Interfaces are looked at this often while a host sleeps. */
const lookEveryMs = 2_000;

/** The hosts that may sleep: their units, who of them does, and what follows when that changes. */
export class Sleepers {
  readonly #parts: EngineParts;
  readonly #rules: Rules;
  readonly #caller: Caller;
  readonly #sleepers = new Map<UnitId, Sleeper>();
  readonly #hosts = new Map<HostId, Sleeper>();
  #looking = false;

  constructor(parts: EngineParts, rules: Rules) {
    this.#parts = parts;
    this.#rules = rules;
    this.#caller = new Caller(parts);
  }

  get(id: UnitId): Sleeper | undefined {
    return this.#sleepers.get(id);
  }

  ofHost(host: HostId): Sleeper | undefined {
    return this.#hosts.get(host);
  }

  /** Those that the proxy stands in for. */
  standing(): Sleeper[] {
    return [...this.#sleepers.values()].filter(({ standing }) => standing);
  }

  install(loaded: LoadedUnit): void {
    const made = new Sleeper(loaded, (name) => this.#parts.context.secret(name));
    const before = this.#sleepers.get(made.unit.id);
    if (before) {
      made.succeed(before);
      this.#leave(before);
    }
    this.#sleepers.set(made.unit.id, made);
    this.#hosts.set(made.host, made);
    for (const rule of this.#rules.all()) {
      if (rule.spec.host !== made.host) continue;
      rule.sleeper = made;
      made.rules.add(rule);
    }
    this.#settle(made);
  }

  setState(sleeper: Sleeper, state: UnitState): void {
    sleeper.state = state;
    this.#settle(sleeper);
  }

  /** A host that still sleeps is woken. */
  remove(sleeper: Sleeper): void {
    this.#caller.callLast(sleeper);
    this.#leave(sleeper);
    for (const rule of sleeper.rules) rule.sleeper = undefined;
    this.#sleepers.delete(sleeper.unit.id);
    if (this.#hosts.get(sleeper.host) === sleeper) this.#hosts.delete(sleeper.host);
  }

  leaveAll(): void {
    for (const sleeper of this.#sleepers.values()) this.#leave(sleeper);
  }

  /** The host, or someone for it, said how it is. Throws `sleep.*` and `linux.*`, and then nothing has changed. */
  tell(host: HostId, state: "asleep" | "awake"): void {
    const sleeper = this.#hosts.get(host);
    if (!sleeper) return;
    if (state === "asleep") {
      if (sleeper.state !== "active") {
        fail("sleep.inactive", { host, unit: sleeper.unit.id, state: sleeper.state });
      }
      // Whatever keeps us from standing in refuses the message, and the host stays up.
      this.#parts.links.attach(sleeper);
    }
    this.step(sleeper, state === "asleep" ? "told-asleep" : "told-awake");
  }

  /** A rule wants its host awake. */
  want(rule: Rule, call: WakeCall): void {
    const { sleeper } = rule;
    rule.counts.wakes += 1;
    if (!sleeper) return;
    // Only what wakes it counts as the cause; who asks while it is being called does not.
    if (sleeper.power.kind === "asleep") {
      rule.counts.calls += 1;
      sleeper.wakes.noteCall(rule.id, call);
    }
    this.step(sleeper, "wanted");
  }

  /** Something happened to a host: what follows is decided by `stepPower` and done here. */
  step(sleeper: Sleeper, event: PowerEvent): void {
    const { context, clock } = this.#parts;
    const before = sleeper.power;
    const { power, action } = stepPower(before, event, clock.nowMs);
    sleeper.power = power;
    switch (action) {
      case "take-over":
        this.#settle(sleeper);
        break;
      case "give-back":
        this.#giveBack(sleeper, before);
        if (event === "seen") context.powered(sleeper.host, "awake");
        break;
      case "call":
        this.#caller.call(sleeper);
        break;
      case "give-up":
        sleeper.wakes.noteFailed();
        context.log.warn({ host: sleeper.host }, "host does not wake");
        break;
      case undefined:
        return;
    }
    context.changed(sleeper.unit.id);
  }

  /** Announces once more whose addresses are held. */
  claim(sleeper: Sleeper): void {
    this.#parts.stand.claim(sleeper);
  }

  callOn(sleeper: Sleeper, left: number): void {
    this.#caller.goOn(sleeper, left);
  }

  /** Interfaces come and go: what stood on one that is gone stands again when there is one. */
  look(): void {
    this.#looking = false;
    const sleeping = [...this.#sleepers.values()].filter(({ power }) => power.kind !== "awake");
    if (sleeping.length === 0) return;
    this.#lookAgain();
    const present = new Set(listInterfaces().map(({ index }) => index));
    for (const sleeper of sleeping) {
      const lost = sleeper.links.some(({ index }) => !present.has(index));
      if (lost) this.#leave(sleeper);
      if (sleeper.standing) continue;
      this.#settle(sleeper);
      this.#parts.context.changed(sleeper.unit.id);
    }
  }

  #giveBack(sleeper: Sleeper, before: Sleeper["power"]): void {
    const { streams, guard, clock } = this.#parts;
    if (before.kind !== "waking") sleeper.wakes.noteItself();
    if (before.kind !== "awake") {
      sleeper.asleepMs += clock.nowMs - (before.kind === "asleep" ? before.sinceMs : before.asleepSinceMs);
    }
    const links = sleeper.ports.map((port) => ({ mac: port.mac, link: port.link ?? sleeper.links[0] }));
    // The host has its addresses back before it gets what its rules kept.
    const rules = [...sleeper.rules].filter(({ live, spec }) => live && !spec.stream);
    for (const { link } of links) if (link) link.users += 1;
    // Without the guard the proxy's kernel would pass their packets on to the host, which knows nothing of them.
    streams.awake(sleeper, !sleeper.spec.takeover && guard.inForce);
    this.#settle(sleeper);
    rules.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    const first = links.find(({ link }) => link !== undefined);
    for (const rule of rules) if (first?.link) this.#rules.handOver(rule, first.link, first.mac);
    for (const { link } of links) if (link) link.users -= 1;
  }

  /** Makes what is done for a host follow from its unit's state and its power. */
  #settle(sleeper: Sleeper): void {
    const wanted =
      sleeper.power.kind !== "awake" &&
      (sleeper.state === "active" || (sleeper.state === "deprecated" && sleeper.standing));
    if (!wanted) this.#leave(sleeper);
    else if (sleeper.standing) this.#parts.stand.claim(sleeper);
    else this.#tryToStand(sleeper);
  }

  #tryToStand(sleeper: Sleeper): void {
    const { stand, clock, guard } = this.#parts;
    try {
      stand.enter(sleeper, clock.nowMs);
      guard.changed("more");
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      sleeper.problem = error.problem;
    }
    this.#lookAgain();
  }

  #leave(sleeper: Sleeper): void {
    if (sleeper.standing) this.#parts.guard.changed("fewer");
    this.#parts.stand.leave(sleeper);
  }

  #lookAgain(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#parts.agenda.add(this.#parts.clock.nowMs + lookEveryMs, { kind: "look" });
  }
}

import { limits } from "../bus/mod.ts";
import {
  fail,
  type HostId,
  type Problem,
  ProblemError,
  problemOf,
  type SleeperSpec,
  sleeperUnitId,
  type UnitId,
} from "../schemas/mod.ts";
import type { Log } from "./engine.ts";
import type { EngineSet } from "./engine-set.ts";
import { handlePower, sleeperHost } from "./power.ts";
import type { ResponderBackend, SubscribedRule } from "./responder/mod.ts";
import type { StoredUnit } from "./store/unit-file.ts";
import type { UnitStore } from "./store/unit-store.ts";
import {
  isPermitted,
  isSameSubscription,
  makeSubscription,
  type SubscribedUnit,
  subscribedUnits,
} from "./subscription.ts";
import type { Turns } from "./turns.ts";

/** A host's own rules come after those that were declared for it, unless those were put later still. */
const priorityFrom = 1_000;

export interface SelfServiceOptions {
  /** The host this daemon runs on. */
  proxy: HostId;
  store: UnitStore;
  engines: EngineSet;
  refused: Map<UnitId, Problem>;
  /** Shared with everything else that changes units. */
  turns: Turns;
  log: Log;
  /** What a report shows has changed. */
  changed(): void;
}

/** What hosts that sleep have done here for themselves: their rules become units like any others, and outlive restarts. */
export class SelfService implements ResponderBackend {
  readonly #options: SelfServiceOptions;

  constructor(options: SelfServiceOptions) {
    this.#options = options;
  }

  sleepers(): SleeperSpec[] {
    return [...this.#options.store.units.values()].flatMap(({ unit }) =>
      sleeperHost(unit) === undefined ? [] : [unit.spec as SleeperSpec],
    );
  }

  subscribe(host: HostId, rules: readonly SubscribedRule[]): Promise<void> {
    return this.#inTurn(() => this.#subscribe(host, rules));
  }

  unsubscribe(host: HostId): Promise<void> {
    return this.#inTurn(async () => {
      await this.#drop(subscribedUnits(this.#options.store.units, host));
    });
  }

  power(host: HostId, state: "asleep" | "awake"): Promise<void> {
    return this.#inTurn(async () => {
      const reply = await handlePower({ host, state }, this.#options);
      if (reply.kind === "nack") throw new ProblemError(reply.problem);
    });
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const { turns } = this.#options;
    if (turns.full) fail("responder.busy", { reason: `${turns.waitingMax} changes wait already` });
    await turns.take(work);
  }

  async #subscribe(host: HostId, rules: readonly SubscribedRule[]): Promise<void> {
    const { store, log } = this.#options;
    const before = subscribedUnits(store.units, host);
    const made = makeSubscription(host, rules, before);
    if (isSameSubscription(before, made)) return;
    // The declaration may have changed while the modules came in.
    if (!isPermitted(made, store.units.get(sleeperUnitId(host)))) fail("responder.not-allowed", { host });
    if (store.units.size + made.length > limits.unitsPerHostMax) {
      fail("responder.over-limit", {
        what: "the number of units on the proxy",
        is: store.units.size + made.length,
        max: limits.unitsPerHostMax,
      });
    }
    await this.#bring(made);
    await this.#drop(before).catch((error: unknown) => {
      // The new one is in force and on disk; what is left of the old one goes with the next start.
      log.error({ host, problem: problemOf(error) }, "replaced subscription not removed");
    });
  }

  /** Installs, activates and keeps all of them, or none. */
  async #bring(made: readonly SubscribedUnit[]): Promise<void> {
    const { store, engines, changed } = this.#options;
    try {
      engines.require("sleep");
      for (const [index, { unit, module }] of made.entries()) {
        const digest = unit.artifacts[0]!.digest;
        if (!store.blobs.has(digest)) await store.blobs.write(digest, module);
        const artifacts = new Map([["program", (await store.blobs.read(digest)) ?? module]]);
        await engines.install({ unit, priority: priorityFrom + index, artifacts });
      }
      for (const { unit } of made) await engines.setState(unit.engine, unit.id, "active");
      for (const [index, { unit }] of made.entries()) {
        store.set({ unit, priority: priorityFrom + index, state: "active" });
      }
      await store.flush();
      changed();
    } catch (error) {
      await this.#takeBack(made);
      throw error;
    }
  }

  async #takeBack(made: readonly SubscribedUnit[]): Promise<void> {
    const { store, engines, log } = this.#options;
    for (const { unit } of made) {
      store.delete(unit.id);
      await engines.revoke(unit.engine, unit.id).catch((error: unknown) => {
        log.error({ unit: unit.id, problem: problemOf(error) }, "refused rule not removed");
      });
    }
    await store.flush().catch((error: unknown) => {
      log.error({ problem: problemOf(error) }, "state not written");
    });
    await store.collect();
  }

  async #drop(units: readonly StoredUnit[]): Promise<void> {
    const { store, engines, refused, changed } = this.#options;
    if (units.length === 0) return;
    for (const { unit } of units) {
      await engines.revoke(unit.engine, unit.id);
      store.delete(unit.id);
      refused.delete(unit.id);
    }
    changed();
    await store.flush();
    await store.collect();
  }
}

import { fail, type Problem, type SleepRuleSpec, type UnitId } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Link } from "./link.ts";
import { Modules, Rule } from "./rule.ts";
import type { Sleeper } from "./sleeper.ts";

/** The rules there are, and calls to their programs that no packet brings about. */
export class Rules {
  readonly #parts: EngineParts;
  readonly #rules = new Map<UnitId, Rule>();
  readonly #modules = new Modules();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get(id: UnitId): Rule | undefined {
    return this.#rules.get(id);
  }

  all(): IterableIterator<Rule> {
    return this.#rules.values();
  }

  /** @param sleeperOf who the rule's host is, when its unit is there */
  install(loaded: LoadedUnit, sleeperOf: (host: string) => Sleeper | undefined): void {
    const { id } = loaded.unit;
    const made = this.#make(loaded);
    const before = this.#rules.get(id);
    if (before) {
      made.state = before.state;
      made.resume(before.observe());
      this.remove(before);
    }
    this.#rules.set(id, made);
    made.sleeper = sleeperOf(made.spec.host);
    made.sleeper?.rules.add(made);
    this.#settle(made);
  }

  remove(rule: Rule): void {
    this.#parts.stand.withdraw(rule);
    rule.sleeper?.rules.delete(rule);
    rule.sleeper = undefined;
    this.#rules.delete(rule.id);
    this.#modules.give(rule.unit);
  }

  setState(id: UnitId, state: Rule["state"]): void {
    const rule = this.#rules.get(id) ?? fail("unit.unknown", { verb: "change", unit: id });
    rule.state = state;
    this.#settle(rule);
  }

  setPriority(id: UnitId, priority: number): void {
    const rule = this.#rules.get(id) ?? fail("unit.unknown", { verb: "prioritize", unit: id });
    this.#parts.stand.withdraw(rule);
    rule.priority = priority;
    this.#settle(rule);
  }

  /** Its interval has gone by. */
  tick(rule: Rule): void {
    const { stand, clock, streams, speaker } = this.#parts;
    rule.interval = undefined;
    const link = rule.sleeper?.ports.find((port) => port.link)?.link ?? rule.sleeper?.links[0];
    if (!rule.live || !link) return;
    // After a pause the timer goes on from now; what was missed is not made up for.
    stand.wind(rule, clock.nowMs);
    if (rule.spec.stream) {
      streams.tick(rule);
      return;
    }
    speaker.listenUnasked(rule, link);
    this.#run(rule, () => rule.guest.onTimer(speaker));
  }

  /** Its host is awake, and gets what the rule kept for it. */
  handOver(rule: Rule, link: Link, hostMac: Uint8Array): void {
    const { speaker } = this.#parts;
    speaker.listenForHost(rule, link, hostMac);
    this.#run(rule, () => rule.guest.onWakeup(speaker));
  }

  /** Its program failed: it is started afresh, or the rule is stopped. */
  fault(rule: Rule, found: Problem): void {
    const { context, streams, stand } = this.#parts;
    context.log.warn({ unit: rule.id, problem: found }, "rule failed");
    // What its program knew of its connections is gone.
    if (rule.spec.stream) streams.reset(rule);
    if (!rule.faulted(found)) return;
    stand.withdraw(rule);
    context.changed(rule.id);
  }

  #settle(rule: Rule): void {
    this.#parts.stand.settle(rule, this.#parts.clock.nowMs);
  }

  #make(loaded: LoadedUnit): Rule {
    const { context, streams } = this.#parts;
    const { id } = loaded.unit;
    const { limits, stream } = loaded.unit.spec as SleepRuleSpec;
    if (stream) streams.prepare();
    const module = this.#modules.take(loaded);
    const services = {
      nowMs: () => performance.now(),
      log: (text: string) => context.log.info({ unit: id, text }, "rule says"),
    };
    try {
      return new Rule(loaded, module, { gate: context.gate(id, limits.timeMs), services });
    } catch (error) {
      this.#modules.give(loaded.unit);
      throw error;
    }
  }

  #run(rule: Rule, call: () => Problem | undefined): void {
    rule.gate.enter();
    let found: Problem | undefined;
    try {
      found = call();
    } finally {
      rule.gate.leave();
    }
    if (found) this.fault(rule, found);
    else rule.fine();
  }
}

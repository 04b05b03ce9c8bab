import type { HostId, ObservedUnit, SleepUnitSpec, UnitId, UnitState } from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import type { EngineLoop, LoopContext } from "../worker/mod.ts";
import { Agenda, type Due } from "./agenda.ts";
import { Guard } from "./guard.ts";
import { dropsOf, interestOf, type Served } from "./interest.ts";
import type { Link } from "./link.ts";
import { Links } from "./links.ts";
import { Rules } from "./rules.ts";
import { Sleepers } from "./sleepers.ts";
import { type DelayedAnswer, Speaker } from "./speaker.ts";
import { Stand } from "./stand.ts";
import { Streams } from "./streams.ts";
import { Traffic } from "./traffic.ts";

const framesPerTurnMax = 256;
const timersPerTurnMax = 256;
/**
 * After a frame the loop looks again for this long before it waits: being woken costs more than that, on both sides. At a
 * hundred packets a second it is 0.2 % of one processor.
 */
const lingerMs = 0.02;
/** So many waits in a row that brought no frame: a socket has an error to tell. */
const emptyTurnsMax = 8;

/** The sleep engine's side of the worker: it puts the parts together, and has each do what is at hand. */
export class SleepLoop implements EngineLoop {
  readonly #clock = { nowMs: performance.now() };
  readonly #agenda = new Agenda();
  readonly #links: Links;
  readonly #guard: Guard;
  readonly #speaker: Speaker;
  readonly #streams: Streams;
  readonly #traffic: Traffic;
  readonly #rules: Rules;
  readonly #sleepers: Sleepers;
  #emptyTurns = 0;
  #lingerUntilMs = 0;

  constructor(context: LoopContext) {
    const clock = this.#clock;
    const agenda = this.#agenda;
    const links = new Links(context);
    const guard = new Guard(
      () =>
        dropsOf(
          this.#served(),
          [...links.open].map(({ name }) => name),
        ),
      context.log,
    );
    const streams = new Streams(
      { context, clock },
      {
        wanted: (rule, call) => this.#sleepers.want(rule, call),
        faulted: (rule, found) => this.#rules.fault(rule, found),
      },
    );
    const traffic = new Traffic(streams, {
      seen: (sleeper) => this.#sleepers.step(sleeper, "seen"),
      faulted: (rule, found) => this.#rules.fault(rule, found),
    });
    const speaker = new Speaker(
      traffic.owners,
      {
        wanted: (rule, call) => this.#sleepers.want(rule, call),
        delay: (answer, delayMs) => agenda.delay(clock.nowMs + delayMs, answer),
      },
      context,
    );
    traffic.speaker = speaker;
    const stand = new Stand({ traffic, links, agenda, streams });
    const parts = { context, clock, agenda, links, guard, stand, speaker, streams };
    this.#links = links;
    this.#guard = guard;
    this.#streams = streams;
    this.#traffic = traffic;
    this.#speaker = speaker;
    this.#rules = new Rules(parts);
    this.#sleepers = new Sleepers(parts, this.#rules);
  }

  install(loaded: LoadedUnit): void {
    const spec = loaded.unit.spec as SleepUnitSpec;
    if (spec.type === "sleeper") this.#sleepers.install(loaded);
    else this.#rules.install(loaded, (host) => this.#sleepers.ofHost(host));
  }

  setState(id: UnitId, state: UnitState): void {
    const sleeper = this.#sleepers.get(id);
    if (sleeper) this.#sleepers.setState(sleeper, state);
    else this.#rules.setState(id, state);
  }

  setPriority(id: UnitId, priority: number): void {
    const sleeper = this.#sleepers.get(id);
    if (sleeper) sleeper.priority = priority;
    else this.#rules.setPriority(id, priority);
  }

  resume(seen: ObservedUnit): void {
    (this.#sleepers.get(seen.id) ?? this.#rules.get(seen.id))?.resume(seen);
  }

  revoke(id: UnitId): void {
    const sleeper = this.#sleepers.get(id);
    if (sleeper) this.#sleepers.remove(sleeper);
    const rule = this.#rules.get(id);
    if (rule) this.#rules.remove(rule);
  }

  power(host: HostId, state: "asleep" | "awake"): void {
    this.#clock.nowMs = performance.now();
    this.#sleepers.tell(host, state);
  }

  observe(id: UnitId): ObservedUnit | undefined {
    return this.#sleepers.get(id)?.observe(performance.now()) ?? this.#rules.get(id)?.observe();
  }

  descriptors(): readonly number[] {
    return [...[...this.#links.open].map((link) => link.ring.fd), ...this.#streams.descriptors()];
  }

  turn(nowMs: number): number {
    this.#clock.nowMs = nowMs;
    let frames = 0;
    for (const link of this.#links.open) frames += this.#receive(link);
    this.#performDue();
    frames += this.#streams.turn();
    this.#links.settle();
    const kernelMs = Math.min(
      this.#guard.turn(nowMs),
      this.#links.narrow(nowMs, () => interestOf(this.#served())),
    );
    if (frames > 0) {
      this.#emptyTurns = 0;
      this.#lingerUntilMs = nowMs + lingerMs;
    }
    if (nowMs < this.#lingerUntilMs) return 0;
    this.#emptyTurns += 1;
    if (this.#emptyTurns >= emptyTurnsMax) {
      this.#emptyTurns = 0;
      this.#links.takeErrors();
    }
    return Math.max(0, Math.min(this.#agenda.nextMs, kernelMs, this.#streams.nextMs) - nowMs);
  }

  stop(): void {
    this.#sleepers.leaveAll();
    this.#streams.stop();
    this.#links.settle();
    this.#guard.stop();
    this.#speaker.close();
  }

  #served(): Served {
    return {
      sleepers: this.#sleepers.standing(),
      rules: this.#rules.all(),
      spliced: this.#streams.spliced,
    };
  }

  #receive(link: Link): number {
    const { ring } = link;
    let frames = 0;
    for (; frames < framesPerTurnMax && ring.next(); frames += 1) {
      this.#traffic.handle(link, this.#clock.nowMs);
      ring.release();
    }
    return frames;
  }

  #performDue(): void {
    for (let count = 0; count < timersPerTurnMax; count += 1) {
      const due = this.#agenda.take(this.#clock.nowMs);
      if (due === undefined) return;
      this.#perform(due);
    }
  }

  #perform(due: Due): void {
    switch (due.kind) {
      case "interval":
        this.#rules.tick(due.rule);
        break;
      case "answer":
        this.#sendDelayed(due.answer);
        break;
      case "announce":
        this.#sleepers.claim(due.sleeper);
        break;
      case "magic":
        this.#sleepers.callOn(due.sleeper, due.left);
        break;
      case "deadline":
        this.#sleepers.step(due.sleeper, "tick");
        break;
      case "look":
        this.#sleepers.look();
        break;
    }
  }

  /** A host that is awake, or a rule that is gone, has nothing to say any more. */
  #sendDelayed(answer: DelayedAnswer): void {
    if (answer.rule.sleeper?.standing && this.#links.isOpen(answer.link)) this.#speaker.send(answer);
  }
}

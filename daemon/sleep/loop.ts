import {
  fail,
  type HostId,
  type ObservedUnit,
  type Problem,
  ProblemError,
  type SleepRuleSpec,
  type SleepUnitSpec,
  type UnitId,
  type UnitState,
} from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import { type IngressDrops, listInterfaces } from "../linux/mod.ts";
import type { EngineLoop, LoopContext } from "../worker/mod.ts";
import { bytesAsPrefix, type WordPrefix } from "./address.ts";
import { Agenda, type Due } from "./agenda.ts";
import type { Interest } from "./filter.ts";
import { Guard } from "./guard.ts";
import type { Link } from "./link.ts";
import { Links } from "./links.ts";
import { magicFrame, magicPayload, magicUdpFrame } from "./magic-packet.ts";
import { type PowerEvent, powerTimes, stepPower } from "./power.ts";
import { Modules, Rule } from "./rule.ts";
import { Sleeper } from "./sleeper.ts";
import { type DelayedAnswer, Speaker } from "./speaker.ts";
import { Stand } from "./stand.ts";
import { guardedConnections, Streams } from "./streams.ts";
import { Traffic } from "./traffic.ts";
import type { WakeCall } from "./wakes.ts";

const framesPerTurnMax = 256;
const timersPerTurnMax = 256;
/** Between the magic packets of one call. */
const magicIntervalMs = 100;
/** Interfaces are looked at this often while a host sleeps. */
const lookEveryMs = 2_000;
/**
 * After a frame the loop looks again for this long before it waits: being woken costs more than that, on both sides. At a
 * hundred packets a second it is 0.2 % of one processor.
 */
const lingerMs = 0.02;
/** So many waits in a row that brought no frame: a socket has an error to tell. */
const emptyTurnsMax = 8;

/** The sleep engine's side of the worker: units, who sleeps, and what follows from both. */
export class SleepLoop implements EngineLoop {
  readonly #context: LoopContext;
  readonly #sleepers = new Map<UnitId, Sleeper>();
  readonly #hosts = new Map<HostId, Sleeper>();
  readonly #rules = new Map<UnitId, Rule>();
  readonly #modules = new Modules();
  readonly #agenda = new Agenda();
  readonly #links: Links;
  readonly #traffic: Traffic;
  readonly #stand: Stand;
  readonly #guard: Guard;
  readonly #speaker: Speaker;
  readonly #streams: Streams;
  #nowMs = performance.now();
  #looking = false;
  #emptyTurns = 0;
  #lingerUntilMs = 0;

  constructor(context: LoopContext) {
    this.#context = context;
    this.#links = new Links(context);
    this.#guard = new Guard(() => this.#drops(), context.log);
    this.#streams = new Streams(context, {
      wanted: (rule, call) => this.#wanted(rule, call),
      faulted: (rule, found) => this.#fault(rule, found),
    });
    this.#traffic = new Traffic(this.#streams, {
      seen: (sleeper) => this.#power(sleeper, "seen"),
      faulted: (rule, found) => this.#fault(rule, found),
    });
    this.#speaker = new Speaker(
      this.#traffic.owners,
      {
        wanted: (rule, call) => this.#wanted(rule, call),
        delay: (answer, delayMs) => this.#agenda.delay(this.#nowMs + delayMs, answer),
      },
      context,
    );
    this.#traffic.speaker = this.#speaker;
    this.#stand = new Stand({
      traffic: this.#traffic,
      links: this.#links,
      agenda: this.#agenda,
      streams: this.#streams,
    });
  }

  install(loaded: LoadedUnit): void {
    const spec = loaded.unit.spec as SleepUnitSpec;
    if (spec.type === "sleeper") this.#installSleeper(loaded);
    else this.#installRule(loaded);
  }

  setState(id: UnitId, state: UnitState): void {
    const sleeper = this.#sleepers.get(id);
    const unit = sleeper ?? this.#rules.get(id) ?? fail("unit.unknown", { verb: "change", unit: id });
    unit.state = state;
    if (sleeper) this.#settle(sleeper);
    else this.#stand.settle(unit as Rule, this.#nowMs);
  }

  setPriority(id: UnitId, priority: number): void {
    const rule = this.#rules.get(id);
    if (rule) this.#stand.withdraw(rule);
    const unit = rule ?? this.#sleepers.get(id) ?? fail("unit.unknown", { verb: "prioritize", unit: id });
    unit.priority = priority;
    if (rule) this.#stand.settle(rule, this.#nowMs);
  }

  resume(seen: ObservedUnit): void {
    (this.#sleepers.get(seen.id) ?? this.#rules.get(seen.id))?.resume(seen);
  }

  revoke(id: UnitId): void {
    const sleeper = this.#sleepers.get(id);
    if (sleeper) {
      this.#callLast(sleeper);
      this.#removeSleeper(sleeper);
    }
    const rule = this.#rules.get(id);
    if (rule) this.#removeRule(rule);
  }

  power(host: HostId, state: "asleep" | "awake"): void {
    const sleeper = this.#hosts.get(host);
    if (!sleeper) return;
    if (state === "asleep") {
      if (sleeper.state !== "active") {
        fail("sleep.inactive", { host, unit: sleeper.unit.id, state: sleeper.state });
      }
      // Whatever keeps us from standing in refuses the message, and the host stays up.
      this.#links.attach(sleeper);
    }
    this.#nowMs = performance.now();
    this.#power(sleeper, state === "asleep" ? "told-asleep" : "told-awake");
  }

  observe(id: UnitId): ObservedUnit | undefined {
    return this.#sleepers.get(id)?.observe(performance.now()) ?? this.#rules.get(id)?.observe();
  }

  descriptors(): readonly number[] {
    return [...[...this.#links.open].map((link) => link.ring.fd), ...this.#streams.descriptors()];
  }

  turn(nowMs: number): number {
    this.#nowMs = nowMs;
    let frames = 0;
    for (const link of this.#links.open) frames += this.#receive(link);
    this.#performDue();
    frames += this.#streams.turn(nowMs);
    this.#links.settle();
    const kernelMs = Math.min(
      this.#guard.turn(nowMs),
      this.#links.narrow(nowMs, () => this.#interest()),
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
    for (const sleeper of this.#sleepers.values()) this.#leave(sleeper);
    this.#streams.stop();
    this.#links.settle();
    this.#guard.stop();
    this.#speaker.close();
  }

  #installSleeper(loaded: LoadedUnit): void {
    const made = new Sleeper(loaded, (name) => this.#context.secret(name));
    const before = this.#sleepers.get(made.unit.id);
    if (before) {
      made.succeed(before);
      this.#leave(before);
    }
    this.#sleepers.set(made.unit.id, made);
    this.#hosts.set(made.host, made);
    for (const rule of this.#rules.values()) {
      if (rule.spec.host !== made.host) continue;
      rule.sleeper = made;
      made.rules.add(rule);
    }
    this.#settle(made);
  }

  #removeSleeper(sleeper: Sleeper): void {
    this.#leave(sleeper);
    for (const rule of sleeper.rules) rule.sleeper = undefined;
    this.#sleepers.delete(sleeper.unit.id);
    if (this.#hosts.get(sleeper.host) === sleeper) this.#hosts.delete(sleeper.host);
  }

  #installRule(loaded: LoadedUnit): void {
    const { id } = loaded.unit;
    const { limits, stream } = loaded.unit.spec as SleepRuleSpec;
    if (stream) this.#streams.prepare();
    const module = this.#modules.take(loaded);
    let made: Rule;
    try {
      const services = {
        nowMs: () => performance.now(),
        log: (text: string) => this.#context.log.info({ unit: id, text }, "rule says"),
      };
      made = new Rule(loaded, module, { gate: this.#context.gate(id, limits.timeMs), services });
    } catch (error) {
      this.#modules.give(loaded.unit);
      throw error;
    }
    const before = this.#rules.get(id);
    if (before) {
      made.state = before.state;
      made.resume(before.observe());
      this.#removeRule(before);
    }
    this.#rules.set(id, made);
    made.sleeper = this.#hosts.get(made.spec.host);
    made.sleeper?.rules.add(made);
    this.#stand.settle(made, this.#nowMs);
  }

  #removeRule(rule: Rule): void {
    this.#stand.withdraw(rule);
    rule.sleeper?.rules.delete(rule);
    rule.sleeper = undefined;
    this.#rules.delete(rule.id);
    this.#modules.give(rule.unit);
  }

  /** Something happened to a host: what follows is decided by `stepPower` and done here. */
  #power(sleeper: Sleeper, event: PowerEvent): void {
    const before = sleeper.power;
    const { power, action } = stepPower(before, event, this.#nowMs);
    sleeper.power = power;
    switch (action) {
      case "take-over":
        this.#settle(sleeper);
        break;
      case "give-back":
        this.#woke(sleeper, before);
        if (event === "seen") this.#context.powered(sleeper.host, "awake");
        break;
      case "call":
        this.#call(sleeper);
        break;
      case "give-up":
        sleeper.wakes.noteFailed();
        this.#context.log.warn({ host: sleeper.host }, "host does not wake");
        break;
      case undefined:
        return;
    }
    this.#context.changed(sleeper.unit.id);
  }

  #woke(sleeper: Sleeper, before: Sleeper["power"]): void {
    if (before.kind !== "waking") sleeper.wakes.noteItself();
    if (before.kind !== "awake") {
      sleeper.asleepMs += this.#nowMs - (before.kind === "asleep" ? before.sinceMs : before.asleepSinceMs);
    }
    const links = sleeper.ports.map((port) => ({ mac: port.mac, link: port.link ?? sleeper.links[0] }));
    // The host has its addresses back before it gets what its rules kept.
    const rules = [...sleeper.rules].filter(({ live, spec }) => live && !spec.stream);
    for (const { link } of links) if (link) link.users += 1;
    // Without the guard the proxy's kernel would pass their packets on to the host, which knows nothing of them.
    this.#streams.awake(sleeper, !sleeper.spec.takeover && this.#guard.inForce);
    this.#settle(sleeper);
    rules.sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    const first = links.find(({ link }) => link !== undefined);
    for (const rule of rules) if (first?.link) this.#handOver(rule, first.link, first.mac);
    for (const { link } of links) if (link) link.users -= 1;
  }

  #handOver(rule: Rule, link: Link, hostMac: Uint8Array): void {
    this.#speaker.listenForHost(rule, link, hostMac);
    this.#run(rule, () => rule.guest.onWakeup(this.#speaker));
  }

  /** Makes what is done for a host follow from its unit's state and its power. */
  #settle(sleeper: Sleeper): void {
    const wanted =
      sleeper.power.kind !== "awake" &&
      (sleeper.state === "active" || (sleeper.state === "deprecated" && sleeper.standing));
    if (!wanted) this.#leave(sleeper);
    else if (sleeper.standing) this.#stand.claim(sleeper);
    else this.#tryToStand(sleeper);
  }

  #tryToStand(sleeper: Sleeper): void {
    try {
      this.#stand.enter(sleeper, this.#nowMs);
      this.#guard.changed("more");
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      sleeper.problem = error.problem;
    }
    this.#lookAgain();
  }

  #leave(sleeper: Sleeper): void {
    if (sleeper.standing) this.#guard.changed("fewer");
    this.#stand.leave(sleeper);
  }

  #receive(link: Link): number {
    const { ring } = link;
    let frames = 0;
    for (; frames < framesPerTurnMax && ring.next(); frames += 1) {
      this.#traffic.handle(link, this.#nowMs);
      ring.release();
    }
    return frames;
  }

  #performDue(): void {
    for (let count = 0; count < timersPerTurnMax; count += 1) {
      const due = this.#agenda.take(this.#nowMs);
      if (due === undefined) return;
      this.#perform(due);
    }
  }

  #perform(due: Due): void {
    switch (due.kind) {
      case "interval":
        this.#tick(due.rule);
        break;
      case "answer":
        this.#sendDelayed(due.answer);
        break;
      case "announce":
        this.#stand.claim(due.sleeper);
        break;
      case "magic":
        this.#sendMagic(due.sleeper, due.left);
        break;
      case "deadline":
        this.#power(due.sleeper, "tick");
        break;
      case "look":
        this.#look();
        break;
    }
  }

  #tick(rule: Rule): void {
    rule.interval = undefined;
    const link = rule.sleeper?.ports.find((port) => port.link)?.link ?? rule.sleeper?.links[0];
    if (!rule.live || !link) return;
    // After a pause the timer goes on from now; what was missed is not made up for.
    this.#stand.wind(rule, this.#nowMs);
    if (rule.spec.stream) {
      this.#streams.tick(rule);
      return;
    }
    this.#speaker.listenUnasked(rule, link);
    this.#run(rule, () => rule.guest.onTimer(this.#speaker));
  }

  #run(rule: Rule, call: () => Problem | undefined): void {
    rule.gate.enter();
    let found: Problem | undefined;
    try {
      found = call();
    } finally {
      rule.gate.leave();
    }
    if (found) this.#fault(rule, found);
    else rule.fine();
  }

  #fault(rule: Rule, found: Problem): void {
    this.#context.log.warn({ unit: rule.id, problem: found }, "rule failed");
    // What its program knew of its connections is gone.
    if (rule.spec.stream) this.#streams.reset(rule);
    if (!rule.faulted(found)) return;
    this.#stand.withdraw(rule);
    this.#context.changed(rule.id);
  }

  #wanted(rule: Rule, call: WakeCall): void {
    const { sleeper } = rule;
    rule.counts.wakes += 1;
    if (!sleeper) return;
    // Only what wakes it counts as the cause; who asks while it is being called does not.
    if (sleeper.power.kind === "asleep") {
      rule.counts.calls += 1;
      sleeper.wakes.noteCall(rule.id, call);
    }
    this.#power(sleeper, "wanted");
  }

  #call(sleeper: Sleeper): void {
    this.#sendMagic(sleeper, sleeper.spec.wake.repeat);
    this.#agenda.add(this.#nowMs + powerTimes.wakeDeadlineMs, { kind: "deadline", sleeper });
  }

  #sendMagic(sleeper: Sleeper, left: number): void {
    if (left <= 0 || sleeper.power.kind !== "waking" || !sleeper.standing) return;
    this.#sendMagicOnce(sleeper);
    this.#agenda.add(this.#nowMs + magicIntervalMs, { kind: "magic", sleeper, left: left - 1 });
  }

  /** A host that loses its proxy while it sleeps is woken: nobody would do that later, and only it can tell another one. */
  #callLast(sleeper: Sleeper): void {
    if (sleeper.power.kind === "awake" || !sleeper.standing) return;
    for (let count = 0; count < sleeper.spec.wake.repeat; count++) this.#sendMagicOnce(sleeper);
  }

  #sendMagicOnce(sleeper: Sleeper): void {
    for (const port of sleeper.ports) {
      const payload = magicPayload(port.mac, sleeper.password);
      const links = port.link ? [port.link] : sleeper.links;
      for (const { ring, mac, address } of links) {
        const udp = sleeper.spec.wake.transport === "udp";
        ring.send(udp ? magicUdpFrame(mac, address, payload) : magicFrame(mac, payload));
      }
    }
  }

  /** A host that is awake, or a rule that is gone, has nothing to say any more. */
  #sendDelayed(answer: DelayedAnswer): void {
    if (answer.rule.sleeper?.standing && this.#links.isOpen(answer.link)) this.#speaker.send(answer);
  }

  #lookAgain(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#agenda.add(this.#nowMs + lookEveryMs, { kind: "look" });
  }

  /** Interfaces come and go: what stood on one that is gone stands again when there is one. */
  #look(): void {
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
      this.#context.changed(sleeper.unit.id);
    }
  }

  /** What the kernel is to show this engine. */
  #interest(): Interest {
    const ports = [...this.#sleepers.values()]
      .filter(({ standing }) => standing)
      .flatMap(({ ports }) => ports);
    const rules = [...this.#rules.values()].filter(({ live }) => live);
    return {
      prefixes: [
        ...ports.flatMap(({ addresses }) => addresses.map(wholeAddress)),
        ...rules.flatMap(({ prefixes }) => prefixes),
        ...this.#streams.spliced.map(({ own }) => bytesAsPrefix(own)),
      ],
      macLows: ports.map(({ macLow }) => macLow),
    };
  }

  /** What the kernel is to leave to this engine. */
  #drops(): IngressDrops {
    const standing = [...this.#sleepers.values()].filter((sleeper) => sleeper.standing);
    const addresses = standing.flatMap(({ spec }) => spec.interfaces.flatMap((one) => one.addresses));
    const bare = addresses.map((address) => address.split("/")[0] as string);
    return {
      interfaces: [...this.#links.open].map(({ name }) => name).filter((name) => /^[\w.@-]+$/.test(name)),
      ipv4: bare.filter((address) => !address.includes(":")),
      ipv6: bare.filter((address) => address.includes(":")),
      ...guardedConnections(this.#streams.spliced),
    };
  }
}

function wholeAddress({ family, words }: WordPrefix): WordPrefix {
  return { family, words, bits: family === 4 ? 32 : 128 };
}

import {
  fail,
  type ObservedUnit,
  type Problem,
  type SleeperSpec,
  type Unit,
  type UnitState,
} from "../../schemas/mod.ts";
import type { LoadedUnit } from "../engine.ts";
import { parseMac, type WordPrefix, wordPrefix } from "./address.ts";
import type { Link } from "./link.ts";
import { macParts } from "./link.ts";
import { parseSecureOn } from "./magic-packet.ts";
import type { Power } from "./power.ts";
import type { Rule } from "./rule.ts";
import { Wakes } from "./wakes.ts";

/** One interface of a sleeping host. */
export interface Port {
  mac: Uint8Array;
  macHigh: number;
  macLow: number;
  addresses: readonly WordPrefix[];
  /** Where the proxy reaches it; undefined while it does not stand in. */
  link: Link | undefined;
}

/** A sleeping host as its proxy keeps it: the unit, and how the host is. */
export class Sleeper {
  readonly unit: Unit;
  readonly spec: SleeperSpec;
  readonly ports: readonly Port[];
  readonly password: Uint8Array | undefined;
  priority: number;
  state: UnitState = "installed";
  power: Power = { kind: "awake" };
  /** The proxy holds its addresses and answers for it. */
  standing = false;
  /** Links that are listened on for it. */
  links: Link[] = [];
  rules = new Set<Rule>();
  problem: Problem | undefined;
  readonly wakes = new Wakes();
  /** Packets that its rules sent for it while it slept. */
  answered = 0;
  conflicts = 0;
  defendedMs = Number.NEGATIVE_INFINITY;
  asleepMs = 0;
  /** Since when all this is counted. */
  #countedFromMs = performance.now();

  /** Throws `unit.invalid`, `sleep.secure-on-invalid`, `secret.missing`. */
  constructor(loaded: LoadedUnit, secret: (name: string) => Uint8Array) {
    this.unit = loaded.unit;
    this.spec = loaded.unit.spec as SleeperSpec;
    this.priority = loaded.priority;
    this.ports = this.spec.interfaces.map((one) => toPort(loaded.unit.id, one));
    const { secureOn } = this.spec.wake;
    if (secureOn === undefined) return;
    this.password =
      parseSecureOn(secret(secureOn)) ??
      fail("sleep.secure-on-invalid", { unit: loaded.unit.id, secret: secureOn });
  }

  get host(): string {
    return this.spec.host;
  }

  /** Keeps what the version before it knew of the host. */
  succeed(before: Sleeper): void {
    this.state = before.state;
    this.power = before.power;
    this.asleepMs = before.asleepMs;
    this.answered = before.answered;
    this.conflicts = before.conflicts;
    this.#countedFromMs = before.#countedFromMs;
    this.wakes.resume(before.wakes.counters(), before.wakes.recent);
  }

  /** Goes on counting from what a thread that was ended had said last; how the host is will be told. */
  resume({ counters = {}, wakes = [] }: ObservedUnit): void {
    this.asleepMs = (counters.asleep_seconds_total ?? 0) * 1000;
    this.answered = counters.answered_total ?? 0;
    this.conflicts = counters.address_conflicts_total ?? 0;
    this.#countedFromMs -= (counters.counted_seconds_total ?? 0) * 1000;
    this.wakes.resume(counters, wakes);
  }

  observe(nowMs: number): ObservedUnit {
    const { id, engine, digest } = this.unit;
    const since =
      this.power.kind === "awake"
        ? nowMs
        : this.power.kind === "asleep"
          ? this.power.sinceMs
          : this.power.asleepSinceMs;
    return {
      id,
      engine,
      digest,
      priority: this.priority,
      state: this.state,
      ...(this.problem && { problem: this.problem }),
      ...(this.state === "deprecated" && !this.standing && { idle: true }),
      counters: {
        asleep: this.power.kind === "awake" ? 0 : 1,
        waking: this.power.kind === "waking" ? 1 : 0,
        asleep_seconds_total: (this.asleepMs + nowMs - since) / 1000,
        counted_seconds_total: (nowMs - this.#countedFromMs) / 1000,
        answered_total: this.answered,
        address_conflicts_total: this.conflicts,
        ...this.wakes.counters(),
      },
      ...(this.wakes.recent.length > 0 && { wakes: [...this.wakes.recent] }),
    };
  }
}

function toPort(unit: string, spec: SleeperSpec["interfaces"][number]): Port {
  const mac = parseMac(spec.mac);
  if (!mac) fail("unit.invalid", { unit, reason: `"${spec.mac}" is no MAC address` });
  const addresses = spec.addresses.map(
    (text) => wordPrefix(text) ?? fail("unit.invalid", { unit, reason: `"${text}" is no address` }),
  );
  const [macHigh, macLow] = macParts(mac);
  return { mac, macHigh, macLow, addresses, link: undefined };
}

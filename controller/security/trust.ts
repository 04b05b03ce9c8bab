import type { Bucket, Bus } from "../../bus/mod.ts";
import type { Digest, HostId, Problem, UnitId } from "../../schemas/mod.ts";
import { objectRefOfUnit } from "../compile/unit.ts";
import type { FleetEvent } from "../events.ts";
import type { HostView } from "../host.ts";
import type { Leadership } from "../leadership.ts";
import type { Log } from "../log.ts";
import type { ObjectRef } from "../objects.ts";
import { eventOfFailedChallenge } from "../status/events-of-status.ts";
import type { ControllerTimes } from "../times.ts";
import { Challenges } from "./challenges.ts";
import type { Check, CheckResult } from "./check.ts";
import { Distrust, type Failure } from "./distrust.ts";
import type { InstanceKeys } from "./instance-keys.ts";

export interface TrustOptions {
  bus: Bus;
  record: Bucket;
  leadership: Leadership;
  instances: InstanceKeys;
  times: ControllerTimes;
  log: Log;
  /** The term to ask under; undefined while another controller leads: then nobody is asked. */
  term(): number | undefined;
  hostOf(id: HostId): HostView | undefined;
  onOvertaken(term: number): void;
  onResult(result: CheckResult): void;
  onEvent(event: Pick<FleetEvent, "type" | "object" | "reason" | "message">): void;
  /** A unit is kept off a host from now on, or is not any more. */
  onChange(host: HostId, unit: UnitId): void;
}

/** Which modules may be on their hosts: those that have not failed a challenge. */
export class Trust {
  readonly challenges: Challenges;
  readonly #options: TrustOptions;
  readonly #distrust: Distrust;

  constructor(options: TrustOptions) {
    const { record: bucket, leadership, log } = options;
    this.#options = options;
    this.#distrust = new Distrust({ bucket, leadership, log });
    this.challenges = new Challenges({
      ...options,
      onResult: (_, result) => options.onResult(result),
      onFailed: (check, reason) => this.#onFailed(check, reason),
    });
  }

  /** The term for which it is known who failed before. */
  get term(): number | undefined {
    return this.#distrust.term;
  }

  /** To be called whenever the term has changed. Resolves when it is taken up, or stopped. */
  takeUp(): Promise<void> {
    return this.#distrust.takeUp();
  }

  async stop(): Promise<void> {
    await this.challenges.stop();
    await this.#distrust.stop();
  }

  /** Why this version of a unit is kept off a host; undefined when it is not. */
  problemOf(host: HostId, unit: { id: UnitId; digest: Digest }): Problem | undefined {
    return this.#distrust.problemOf(host, unit);
  }

  count(): Record<"asked" | "answered" | "distrusted", number> {
    return { ...this.challenges.count(), distrusted: [...this.#distrust.list()].length };
  }

  /** Lets the modules of an object back onto the hosts on which they failed, or onto one of those; how many there were. */
  restore(object: ObjectRef, onlyOn?: HostId): number {
    const failures = [...this.#distrust.list()].filter(
      ({ host, unit }) => objectRefOfUnit(unit) === object && (onlyOn === undefined || host === onlyOn),
    );
    for (const failure of failures) {
      this.#distrust.delete(failure);
      this.#options.onChange(failure.host, failure.unit);
    }
    return failures.length;
  }

  /** Forgets versions that nobody declares any more: what is declared anew never failed. */
  forget(isDeclared: (failure: Failure) => boolean): void {
    if (this.#options.term() === undefined) return;
    for (const failure of [...this.#distrust.list()])
      if (!isDeclared(failure)) this.#distrust.delete(failure);
  }

  #onFailed({ host, unit }: Check, reason: string): void {
    const { log, onEvent, onChange } = this.#options;
    this.#distrust.add({ host, unit: unit.id, digest: unit.digest, reason, at: new Date().toISOString() });
    log.warn({ host, unit: unit.id, reason }, "module failed its challenge");
    const found = this.problemOf(host, unit);
    if (found) onEvent(eventOfFailedChallenge(unit.id, found));
    onChange(host, unit.id);
  }
}

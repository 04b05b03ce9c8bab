import type { Member, RotationRecord } from "../../../controller/rotation/rotation-record.ts";
import type { RotationSettings } from "../../../controller/rotation/rotation-settings.ts";
import type { RotationSight, UnitSight } from "../../../controller/rotation/rotation-sight.ts";
import { type RotationStep, stepRotation } from "../../../controller/rotation/step-rotation.ts";
import { unitLife } from "../../../controller/rotation/unit-life.ts";

/** Hosts that do at once what is decided, but for those that are away; one sender and two receivers. */
export class SeenFleet {
  readonly away = new Set<string>();
  readonly #units = new Map<string, NonNullable<UnitSight["unit"]>>();
  readonly sight: RotationSight = {
    hosts: { sender: ["s1"], receiver: ["r1", "r2"] },
    priorities: { a: 10, b: 20, c: 20 },
    unit: (host, _, member) => {
      const unit = this.#units.get(`${host} ${member}`);
      return { isCertain: !this.away.has(host), ...(unit && { unit }) };
    },
  };

  /** "r1 a active 10", in order of hosts and names. */
  list(): string[] {
    return [...this.#units].map(([place, { state, priority }]) => `${place} ${state} ${priority}`).sort();
  }

  /** What is to be done may follow from what was done: a unit is deprecated, is idle, is revoked. */
  obey(settings: RotationSettings, record: RotationRecord): void {
    for (let before = "", now = "new"; now !== before; now = this.list().join()) {
      before = this.list().join();
      this.#obeyOnce(settings, record);
    }
  }

  #obeyOnce(settings: RotationSettings, record: RotationRecord): void {
    const context = { settings, record, sight: this.sight };
    for (const role of ["receiver", "sender"] as const) {
      for (const host of this.sight.hosts[role].filter((id) => !this.away.has(id))) {
        for (const member of settings.through)
          this.#bring(`${host} ${member}`, unitLife({ host, role, member }, context));
      }
    }
  }

  #bring(place: string, life: ReturnType<typeof unitLife>): void {
    if (life === "absent") this.#units.delete(place);
    else this.#units.set(place, { ...life, isSound: true, isIdle: true });
  }
}

/** Decides and obeys until nothing is decided any more; tells what was in between by `onStep`. */
export function run(
  fleet: SeenFleet,
  { settings, record }: { settings: RotationSettings; record: RotationRecord },
  {
    nowMs = 0,
    random = () => 0,
    onStep,
  }: { nowMs?: number; random?: () => number; onStep?: () => void } = {},
): RotationStep {
  const events: RotationStep["events"] = [];
  for (let now = record; ; ) {
    fleet.obey(settings, now);
    if (now !== record) onStep?.();
    const step = stepRotation(settings, now, fleet.sight, { nowMs, random });
    events.push(...step.events);
    if (step.record === now) return { ...step, events };
    now = step.record;
  }
}

export function settingsOf(change: Partial<RotationSettings> & { current?: Member } = {}): RotationSettings {
  const { current = "a", ...others } = change;
  return {
    through: ["a", "b"],
    trigger: { kind: "commit", current },
    overlapMs: 30,
    deadlineMs: 60,
    onFailure: "revert",
    retire: "deprecate",
    ...others,
  };
}

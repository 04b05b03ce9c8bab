import { type ModelOptions, type ModelState, transitions } from "./rotation-model.ts";

const actionsMax = 2_000;
/** More than enough for the deadline and the overlap of a model to pass. */
const idleTicksMax = 8;

export interface Rest {
  current: string | undefined;
  /** Every host has the member in force, active, and no other. */
  isOneOnly: boolean;
}

/** Where a state comes to when nothing goes wrong any more: what can happen happens, and time passes when nothing else does. */
export function restOf(state: ModelState, options: ModelOptions): Rest {
  let now: ModelState = { ...state, left: { crashes: 0, asks: 0, losses: 0, cuts: 0, amnesias: 0 } };
  for (let count = 0, ticks = 0; count < actionsMax && ticks < idleTicksMax; count++) {
    const possible = [...transitions(now, options)];
    const [next] = possible.filter(({ action }) => action !== "tick");
    ticks = next ? 0 : ticks + 1;
    now = (next ?? possible[0])?.state ?? now;
  }
  const { current, move } = now.record;
  const isOneOnly =
    move === undefined &&
    now.hosts.every(({ units }) => {
      const [unit, ...others] = Object.entries(units);
      return others.length === 0 && unit?.[0] === current && unit?.[1]?.state === "active";
    });
  return { current: move ? undefined : current, isOneOnly };
}

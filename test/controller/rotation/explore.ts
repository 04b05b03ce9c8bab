import { createHash } from "node:crypto";
import { keyOf, type ModelOptions, type ModelState, type Next, transitions } from "./rotation-model.ts";

export interface Exploration {
  states: number;
  /** Whether there was nothing left to visit. */
  isWhole: boolean;
  /** The shortest way to a message that cannot be read. */
  violation?: { actions: string[]; member: string };
}

interface Visited {
  state: ModelState;
  via?: { from: Visited; action: string };
}

/** Visits every state that can be reached, nearest first, until the invariant breaks or `statesMax` are visited. */
export function explore(
  start: ModelState,
  options: ModelOptions & { statesMax: number; onState?(state: ModelState, count: number): void },
): Exploration {
  const seen = new Set<string>([hashOf(start)]);
  let front: Visited[] = [{ state: start }];
  while (front.length > 0) {
    const next: Visited[] = [];
    for (const from of front) {
      for (const found of transitions(from.state, options)) {
        const violation = violationOf(from, found);
        if (violation) return { states: seen.size, isWhole: false, violation };
        const hash = hashOf(found.state);
        if (seen.has(hash)) continue;
        if (seen.size >= options.statesMax) return { states: seen.size, isWhole: false };
        seen.add(hash);
        options.onState?.(found.state, seen.size);
        next.push({ state: found.state, via: { from, action: found.action } });
      }
    }
    front = next;
  }
  return { states: seen.size, isWhole: true };
}

const hashOf = (state: ModelState): string => createHash("sha1").update(keyOf(state)).digest("base64");

function violationOf(from: Visited, { action, unreadable }: Next): Exploration["violation"] {
  const [member] = unreadable;
  if (member === undefined) return undefined;
  const actions = [action];
  for (let at: Visited | undefined = from; at?.via; at = at.via.from) actions.unshift(at.via.action);
  return { actions, member };
}

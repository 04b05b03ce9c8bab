import type { ControllerTimes } from "./times.ts";

/**
 * How long to wait after the `count`th failure in a row: doubling up to a limit, of which a random part between half and
 * all is taken, so that a fleet that failed together does not come back together.
 */
export function backoffMs(
  count: number,
  random: number,
  { backoffFirstMs, backoffMaxMs }: Pick<ControllerTimes, "backoffFirstMs" | "backoffMaxMs">,
): number {
  const whole = Math.min(backoffMaxMs, backoffFirstMs * 2 ** Math.min(count - 1, 30));
  return whole / 2 + (whole / 2) * random;
}

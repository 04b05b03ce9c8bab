import type { Cron } from "./cron.ts";

/** Every weekday and date meet within 28 years, but for 2100, which has no leap day. */
const daysMax = 366 * 40;
const dayMs = 86_400_000;

/**
 * The first minute after `afterMs` (milliseconds since 1970) that a cron expression admits, in UTC; undefined when there
 * is none (30 February). As in crontab(5), a day has to match one of day of month and day of week when both are restricted.
 */
export function nextCron(cron: Cron, afterMs: number): number | undefined {
  const [minutes, hours] = cron as [ReadonlySet<number>, ReadonlySet<number>];
  const today = Math.floor(afterMs / dayMs) * dayMs;
  for (let day = 0; day < daysMax; day++) {
    const midnight = today + day * dayMs;
    if (!matchesDay(cron, new Date(midnight))) continue;
    for (const hour of ascending(hours)) {
      for (const minute of ascending(minutes)) {
        const at = midnight + (hour * 60 + minute) * 60_000;
        if (at > afterMs) return at;
      }
    }
  }
  return undefined;
}

function matchesDay(cron: Cron, date: Date): boolean {
  const [, , daysOfMonth, months, daysOfWeek] = cron as [never, never, ...ReadonlySet<number>[]];
  if (!months?.has(date.getUTCMonth() + 1)) return false;
  const weekday = date.getUTCDay();
  const isDate = daysOfMonth?.has(date.getUTCDate()) ?? false;
  const isWeekday = daysOfWeek?.has(weekday) || (weekday === 0 && daysOfWeek?.has(7)) || false;
  const isAnyDate = daysOfMonth?.size === 31;
  const isAnyWeekday = [0, 1, 2, 3, 4, 5, 6].every((day) => daysOfWeek?.has(day));
  if (isAnyDate || isAnyWeekday) return isDate && isWeekday;
  return isDate || isWeekday;
}

const ascending = (values: ReadonlySet<number>): number[] => [...values].sort((a, b) => a - b);

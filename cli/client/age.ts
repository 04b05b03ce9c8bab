const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** "3m", "2h5m", "4d": how long ago a time was, in two units where the larger is small. */
export function age(time: string | undefined, now: number = Date.now()): string {
  const then = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(then) ? "-" : duration(Math.max(0, now - then));
}

export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const at = units.findIndex(([, size]) => seconds >= size);
  if (at < 0) return "0s";
  const [unit, size] = units[at] as (typeof units)[number];
  const count = Math.floor(seconds / size);
  const next = units[at + 1];
  const rest = next ? Math.floor((seconds % size) / next[1]) : 0;
  return next && count < 10 && rest > 0 ? `${count}${unit}${rest}${next[0]}` : `${count}${unit}`;
}

import type { RotationReply } from "../../controller/mod.ts";
import { run } from "../../test/lab/started.ts";
import { until } from "../../test/lab/until.ts";
import { print } from "../figure.ts";
import { median } from "../median.ts";

const count = 4;
const steps = ["deployReceivers", "deploySenders", "preferReceivers", "preferSenders"] as const;
export type Past = RotationReply["history"][number];

/** Rotates there and back between two customizations, so many times; resolves to what the controller kept of it. */
export async function rotate(name: string, [one, other]: readonly [string, string]): Promise<Past[]> {
  const standing = (): RotationReply =>
    JSON.parse(run("rotation", name, "-o", "json").stdout) as RotationReply;
  for (let at = 0; at < count; at++) {
    const to = standing().current === one ? other : one;
    const { code, stderr } = run("rotate", name, "--to", to);
    if (code !== 0) throw new Error(stderr);
    await until(`${to} is in force`, () => standing().current === to);
  }
  return standing().history.slice(-count);
}

/** Median milliseconds of whole rotations and of each step; baseline: of those without load. */
export function printTimes(group: string, loaded: readonly Past[], unloaded: readonly Past[]): void {
  const compare = (bench: string, tookMs: (past: Past) => number): void => {
    const [value, baseline] = [median(loaded.map(tookMs)), median(unloaded.map(tookMs))];
    print({ bench, value, unit: "ms", baseline });
  };
  compare(`${group}.whole`, ({ started, ended }) => Date.parse(ended) - Date.parse(started));
  for (const step of steps) compare(`${group}.${step}`, (past) => past.tookMs?.[step] ?? Number.NaN);
}

/** Runs a load, and rotations while it lasts: all of them, or the load was too short. */
export async function rotateDuring<T>(
  load: Promise<T>,
  rotations: () => Promise<Past[]>,
): Promise<{ outcome: T; loaded: Past[] }> {
  let isOver = false;
  const watched = load.finally(() => (isOver = true));
  const loaded = await rotations();
  if (isOver) throw new Error("the load ended before the rotations did; the machine is too busy to measure");
  return { outcome: await watched, loaded };
}

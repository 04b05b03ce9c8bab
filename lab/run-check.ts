import { type Check, durationMs, formatProblem, type HostId, problemOf } from "../schemas/mod.ts";
import { type CommandResult, unmetBy } from "./check-expectation.ts";
import { deadline } from "./deadline.ts";
import { runToEnd } from "./run-to-end.ts";
import { netnsOf } from "./topology.ts";

export interface CheckResult {
  name: string;
  namespace: string;
  host: HostId;
  passed: boolean;
  /** What is not as expected, a sentence each. */
  reasons: string[];
  /** How often the command was run. */
  attempts: number;
  ms: number;
  /** What the last run gave; absent when there was none. */
  last?: CommandResult | undefined;
}

/** What a check may ask of the lab. */
export interface CheckLab {
  sleep(host: HostId): Promise<void>;
  wake(host: HostId): Promise<void>;
  stateOf(host: HostId): "asleep" | "awake" | undefined;
}

const againAfterMs = 200;
const stateLookMs = 10;

/** Brings about what is given, runs the command on its host, and compares; with `eventually`, until it is as expected. */
export async function runCheck(check: Check, lab: CheckLab, signal: AbortSignal): Promise<CheckResult> {
  const { metadata, spec } = check;
  const { name, namespace } = metadata;
  const host = `${namespace}/${spec.host}`;
  const started = performance.now();
  const { signal: end, clear } = deadline(signal, durationMs(spec.deadline));
  let attempts = 0;
  let last: CommandResult | undefined;
  let reasons: string[];
  try {
    for (const asleep of spec.given.asleep ?? []) await lab.sleep(`${namespace}/${asleep}`);
    for (const awake of spec.given.awake ?? []) await lab.wake(`${namespace}/${awake}`);
    do {
      if (attempts > 0) await pause(againAfterMs, end);
      attempts += 1;
      const asleep = lab.stateOf(host) === "asleep";
      last = asleep ? undefined : await runToEnd(netnsOf(host), spec, end);
      reasons =
        last === undefined ? [`${spec.host} sleeps; nothing can run on it`] : unmetBy(last, spec.expect);
      if (reasons.length === 0) reasons = await unmetStates(check, lab, end);
    } while (reasons.length > 0 && spec.eventually && !end.aborted);
  } catch (error) {
    reasons = [formatProblem(problemOf(error))];
  }
  clear();
  if (reasons.length > 0 && end.aborted) reasons.push(`the deadline of ${spec.deadline} is over`);
  const ms = Math.round(performance.now() - started);
  return { name, namespace, host, passed: reasons.length === 0, reasons, attempts, ms, last };
}

/** Who should be asleep must be now; who should be awake may take until the deadline, for waking takes a moment. */
async function unmetStates({ metadata, spec }: Check, lab: CheckLab, end: AbortSignal): Promise<string[]> {
  const stateOf = (name: string) => lab.stateOf(`${metadata.namespace}/${name}`) ?? "awake";
  const { asleep = [], awake = [] } = spec.expect;
  const woken = asleep.filter((name) => stateOf(name) !== "asleep");
  while (!end.aborted && awake.some((name) => stateOf(name) !== "awake")) await pause(stateLookMs, end);
  const sleeping = awake.filter((name) => stateOf(name) !== "awake");
  return [
    ...woken.map((name) => `${name} is awake; it should be asleep`),
    ...sleeping.map((name) => `${name} is asleep; it should be awake`),
  ];
}

function pause(ms: number, end: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      end.removeEventListener("abort", finish);
      done();
    };
    const timer = setTimeout(finish, ms);
    end.addEventListener("abort", finish);
    if (end.aborted) finish();
  });
}

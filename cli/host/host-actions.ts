import type { Request } from "../../daemon/responder/mod.ts";
import { formatProblem, isRetryable, ProblemError } from "../../schemas/mod.ts";
import type { HostFlags } from "./host-flags.ts";
import { ownInterface } from "./own-interface.ts";
import { type RuleToSend, readRules } from "./read-rules.ts";
import { rulesOfState } from "./state-rules.ts";
import { tellProxy } from "./tell-proxy.ts";

const exit = { done: 0, wrong: 1, unreachable: 2, refused: 3 } as const;

export function sleepHost(flags: HostFlags): Promise<number> {
  return told(async () => {
    const own = ownInterface(flags.interface);
    const { mac } = own;
    const fixed = flags.rules === undefined ? [] : await readRules(flags.rules);
    const ofNow = rulesOfState(flags.with ?? [], own);
    const isSubscribing = flags.rules !== undefined || flags.with !== undefined;
    const first = isSubscribing ? [subscription(mac, [...fixed, ...ofNow])] : [];
    await tellProxy([...first, { kind: "sleep", mac }], flags);
  });
}

export function wakeHost(flags: HostFlags): Promise<number> {
  return told(() => tellProxy([{ kind: "wake", mac: ownInterface(flags.interface).mac }], flags));
}

export function subscribeHost(path: string, flags: HostFlags): Promise<number> {
  return told(async () => {
    await tellProxy([subscription(ownInterface(flags.interface).mac, await readRules(path))], flags);
  });
}

export function unsubscribeHost(flags: HostFlags): Promise<number> {
  return told(() => tellProxy([{ kind: "remove", mac: ownInterface(flags.interface).mac }], flags));
}

function subscription(mac: string, rules: readonly RuleToSend[]): Request {
  const text = JSON.stringify(rules.map(({ rule }) => rule));
  return { kind: "add", mac, rules: Buffer.from(text), modules: rules.map(({ module }) => module) };
}

async function told(action: () => Promise<void>): Promise<number> {
  try {
    await action();
    return exit.done;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    process.stderr.write(`netloom: ${formatProblem(error.problem)}\n`);
    if (isRetryable(error.problem)) return exit.unreachable;
    const isProxys = ["responder.refused", "responder.untrusted"].includes(error.problem.code);
    return isProxys ? exit.refused : exit.wrong;
  }
}

import { setImmediate } from "node:timers/promises";
import { compileModule, sleepAbi, streamAbi } from "../../modules/mod.ts";
import { fail, type Problem, ProblemError, type SleeperSpec } from "../../schemas/mod.ts";
import type { ResponderBackend, SubscribedRule } from "./backend.ts";
import {
  type Reply,
  type Request,
  type RequestHead,
  replyStatus,
  type Subscribe,
  type SubscriptionBounds,
} from "./message.ts";
import { readRulesFile } from "./rules-file.ts";

/** What the request of a sleeper may bring. Throws `responder.not-allowed`. */
export function boundsFor({ kind }: RequestHead, sleeper: SleeperSpec): SubscriptionBounds {
  const none: SubscriptionBounds = { rulesMax: 0, moduleBytesMax: 0 };
  if (kind !== "add" && kind !== "remove") return none;
  return sleeper.selfService || fail("responder.not-allowed", { host: sleeper.host });
}

/** Does what a host asks, whose identity is settled and whose request is within its bounds. */
export async function carryOut(
  request: Request,
  sleeper: SleeperSpec,
  backend: ResponderBackend,
): Promise<void> {
  switch (request.kind) {
    case "add":
      return backend.subscribe(sleeper.host, await subscribedRules(request, sleeper));
    case "remove":
      return backend.unsubscribe(sleeper.host);
    case "sleep":
      return backend.power(sleeper.host, "asleep");
    case "wake":
      return backend.power(sleeper.host, "awake");
  }
}

/** Rejects with what is wrong with the file or the modules, before anything is done with any of them. */
async function subscribedRules(
  { rules, modules }: Subscribe,
  sleeper: SleeperSpec,
): Promise<SubscribedRule[]> {
  const specs = readRulesFile(rules, sleeper);
  if (specs.length !== modules.length) {
    const reason = `has ${specs.length} rules, and ${modules.length} modules came with it`;
    fail("responder.rules-invalid", { where: "the file", reason });
  }
  const checked: SubscribedRule[] = [];
  for (const [index, spec] of specs.entries()) {
    const module = modules[index] as Uint8Array;
    const result = compileModule(module, spec.stream ? streamAbi : sleepAbi, `rule ${index}`);
    if (result.kind === "refused") throw new ProblemError(result.problems[0] as Problem);
    checked.push({ spec, module });
    // Compiling holds this thread, which has more to do than this, the watchdog of engines above all.
    await setImmediate();
  }
  return checked;
}

/** How a problem is told to the host. */
export function replyOf(found: Problem, retry: boolean): Reply {
  // What is our own fault says much of us and nothing to the host.
  const reason = found.code === "internal" ? "the proxy failed; its log says how" : found.message;
  return { status: statusOf(found, retry), reason };
}

function statusOf({ code }: Problem, retry: boolean): number {
  switch (code) {
    case "responder.malformed":
      return replyStatus.malformed;
    case "responder.denied":
      return replyStatus.denied;
    case "responder.not-allowed":
    case "responder.foreign-address":
      return replyStatus.notAllowed;
    case "responder.over-limit":
      return replyStatus.overLimit;
    case "internal":
      return replyStatus.failed;
    default:
      return retry ? replyStatus.busy : replyStatus.refused;
  }
}

import type { ChallengeReply } from "../../controller/mod.ts";
import type { ChallengeOptions } from "../challenge.ts";
import { age } from "../client/age.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import { table } from "../client/table.ts";

const answerTimeoutMs = 60_000;

/** Has the modules of a customization asked, or trusted again. Returns the exit status. */
export async function challenge(name: string, options: ChallengeOptions): Promise<number> {
  const { namespace, trust, host, output } = options;
  const query = trust && host !== undefined ? `?host=${encodeURIComponent(host)}` : "";
  const path = `/v1/${trust ? "trust" : "challenge"}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  const client = new ControllerClient(options.server);
  const reply = await client.post<ChallengeReply>(`${path}${query}`, { timeoutMs: answerTimeoutMs });
  if (output === "table") process.stdout.write(challengeText(reply));
  else printValue(reply, output);
  return reply.units.some(({ state }) => state === "distrusted") ? 1 : 0;
}

/** What came of challenges, for people. */
export function challengeText({ units, trusted }: ChallengeReply): string {
  const rows = units.map(({ on, unit = "", state, challenge: asked, problem }) => [
    on,
    unit.split("/").at(-1) ?? "",
    state,
    asked ? `${asked.passed}` : "-",
    asked?.lastPassed === undefined ? "-" : age(asked.lastPassed),
    problem?.message ?? "",
  ]);
  const head = trusted === undefined ? "" : `${trusted} let back\n`;
  return head + table(["HOST", "END", "STATE", "PASSED", "LAST", "PROBLEM"], rows);
}

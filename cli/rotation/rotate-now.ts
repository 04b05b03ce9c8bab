import type { RotationPlanReply, RotationReply } from "../../controller/mod.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import type { RotateOptions } from "../rotate.ts";
import { planText, rotationText } from "./rotation-text.ts";

const answerTimeoutMs = 30_000;

/** Moves to another customization, or prints the steps of that. Returns the exit status. */
export async function rotate(name: string, options: RotateOptions): Promise<number> {
  const client = new ControllerClient(options.server);
  const path = `/v1/rotations/${encodeURIComponent(options.namespace)}/${encodeURIComponent(name)}`;
  const query = options.to === undefined ? "" : `?to=${encodeURIComponent(options.to)}`;
  if (options.plan) {
    const plan = await client.get<RotationPlanReply>(`${path}/plan${query}`);
    if (options.output === "table") process.stdout.write(planText(plan));
    else printValue(plan, options.output);
    return 0;
  }
  const reply = await client.post<RotationReply>(`${path}${query}`, { timeoutMs: answerTimeoutMs });
  if (options.output === "table") process.stdout.write(rotationText(reply));
  else printValue(reply, options.output);
  return 0;
}

import type { HostPlan, PlannedCommand, PlanReply } from "../../controller/mod.ts";
import { formatProblem } from "../../schemas/mod.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { paint } from "../client/paint.ts";
import { printValue } from "../client/print.ts";
import { couldNotRun } from "../client/run-command.ts";
import type { PlanOptions } from "../plan.ts";
import type { DirectoryPlan } from "./plan-of-directory.ts";

/** Prints what would be sent. Returns the exit status: 0 nothing, 1 something. */
export async function showPlan(path: string | undefined, { server, output }: PlanOptions): Promise<number> {
  const client = new ControllerClient(server);
  const found = await planned(path, client);
  if (found.kind === "invalid") {
    for (const problem of found.problems) process.stderr.write(`netloom: ${formatProblem(problem)}\n`);
    return couldNotRun;
  }
  const { plan } = found;
  if (plan.revision === undefined) {
    process.stderr.write("netloom: nothing is known of what ought to be; netloom get source tells why\n");
    return couldNotRun;
  }
  if (output === "table") process.stdout.write(planText(plan.hosts));
  else printValue(plan, output);
  return plan.hosts.length === 0 ? 0 : 1;
}

async function planned(path: string | undefined, client: ControllerClient): Promise<DirectoryPlan> {
  if (path === undefined) return { kind: "plan", plan: await client.get<PlanReply>("/v1/plan") };
  const { planOfDirectory } = await import("./plan-of-directory.ts");
  return planOfDirectory(path, client);
}

export function planText(hosts: readonly HostPlan[]): string {
  if (hosts.length === 0) return "Nothing to do: every host has what it ought to have.\n";
  const parts = hosts.map(({ host, commands }) => `${paint("bold", host)}\n${commands.map(line).join("")}\n`);
  const count = hosts.reduce((sum, { commands }) => sum + commands.length, 0);
  const summary = `${count} ${count === 1 ? "command" : "commands"} on ${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}.\n`;
  return `${parts.join("")}${summary}`;
}

function line(command: PlannedCommand): string {
  switch (command.verb) {
    case "install": {
      const { id, engine, digest } = command.unit;
      const what = `install ${id} (${engine}, version ${digest.slice(0, 10)}, priority ${command.priority})`;
      return `  ${paint("green", `+ ${what}`)}\n`;
    }
    case "revoke":
      return `  ${paint("red", `- revoke ${command.unit}`)}\n`;
    case "prioritize":
      return `  ${paint("yellow", `~ prioritize ${command.unit} to ${command.priority}`)}\n`;
    default:
      return `  ${paint("yellow", `~ ${command.verb} ${command.unit}`)}\n`;
  }
}

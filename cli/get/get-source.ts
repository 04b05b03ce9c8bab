import type { ControllerSummary } from "../../controller/mod.ts";
import { isReady } from "../../controller/status/object-status.ts";
import { formatProblem } from "../../schemas/mod.ts";
import { age } from "../client/age.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import { table } from "../client/table.ts";
import type { GetOptions } from "../get.ts";
import { coloured, mostTelling, shortRevision } from "./object-rows.ts";

/** Prints what the source is and how the fleet as a whole follows it. Returns the exit status. */
export async function getSource({ server, output }: GetOptions): Promise<number> {
  const found = await new ControllerClient(server).get<ControllerSummary>("/v1/status");
  if (output === "json" || output === "yaml") printValue(found, output);
  else if (output === "name") process.stdout.write(`${found.source.location}\n`);
  else process.stdout.write(sourceText(found));
  return 0;
}

export function sourceText({ source, objects, hosts }: ControllerSummary): string {
  const telling = mostTelling(source.conditions);
  const row = [
    source.location,
    shortRevision(source.revision ?? "-"),
    isReady(source) ? "True" : "False",
    coloured(telling),
    `${objects.ready}/${objects.total}`,
    `${hosts.there}/${hosts.there + hosts.away}`,
    age(telling?.lastTransitionTime),
  ];
  const heading = ["LOCATION", "REVISION", "READY", "STATUS", "OBJECTS", "HOSTS", "SINCE"];
  return table(heading, [row]) + source.problems.map((problem) => `${formatProblem(problem)}\n`).join("");
}

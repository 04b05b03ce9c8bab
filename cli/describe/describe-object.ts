import { stringify } from "yaml";
import type { ObjectDetail, UnitDetail } from "../../controller/mod.ts";
import { formatProblem } from "../../schemas/mod.ts";
import { age } from "../client/age.ts";
import { ControllerClient } from "../client/controller-client.ts";
import type { Target } from "../client/options.ts";
import { paint } from "../client/paint.ts";
import { printValue } from "../client/print.ts";
import { table } from "../client/table.ts";
import type { DescribeOptions } from "../describe.ts";
import { shortRevision } from "../get/object-rows.ts";
import { energySection } from "./energy-section.ts";
import { flowSection } from "./flow-section.ts";

/** Prints one object in full. Returns the exit status. */
export async function describe(
  { kind, name }: Required<Target>,
  { server, namespace, output }: DescribeOptions,
): Promise<number> {
  const ref = `${kind}/${namespace}/${name}`;
  const detail = await new ControllerClient(server).find<ObjectDetail>(`/v1/objects/${ref}`);
  if (!detail) {
    process.stderr.write(`netloom: there is no ${ref}\n`);
    return 1;
  }
  if (output === "text") process.stdout.write(describeText(detail));
  else printValue(detail, output);
  return 0;
}

export function describeText(detail: ObjectDetail): string {
  return [
    head(detail),
    conditions(detail),
    energy(detail),
    units(detail),
    flows(detail),
    problems(detail),
    spec(detail),
    events(detail),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function head({ kind, namespace, name, status, object }: ObjectDetail): string {
  const labels = Object.entries(object?.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rows = [
    ["Kind:", kind],
    ["Name:", name],
    ["Namespace:", namespace],
    ["Labels:", labels.join(", ") || "-"],
    ["Revision:", shortRevision(status.revision ?? "-")],
    ["Hosts:", `${status.hosts.ready} of ${status.hosts.desired} ready`],
  ];
  return rows.map(([title = "", value = ""]) => `${title.padEnd(12)}${value}\n`).join("");
}

function conditions({ status }: ObjectDetail): string {
  const rows = status.conditions.map(({ type, status, reason, lastTransitionTime, message }) => [
    type,
    status,
    reason,
    age(lastTransitionTime),
    message,
  ]);
  return section("Conditions", table(["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], rows));
}

const energy = ({ sleeper }: ObjectDetail): string =>
  sleeper ? section("Energy", energySection(sleeper)) : "";

function units({ units: all }: ObjectDetail): string {
  if (all.length === 0) return "";
  const isAnyChallenged = all.some(({ challenge }) => challenge);
  const rows = all.map(({ host, on, unit, state, life, priority, idle, problem, challenge }) => [
    host,
    on,
    unit ?? "(daemon)",
    paint(state === "ready" ? "green" : state === "pending" ? "yellow" : "red", state),
    life === undefined ? "-" : idle ? `${life}, idle` : life,
    `${priority ?? "-"}`,
    ...(isAnyChallenged ? [challengeText(challenge)] : []),
    problem?.message ?? "",
  ]);
  const challenged = isAnyChallenged ? ["CHALLENGED"] : [];
  return section(
    "Units",
    table(["HOST", "ON", "UNIT", "STATE", "LIFE", "PRIORITY", ...challenged, "PROBLEM"], rows),
  );
}

const flows = ({ kind, units: all }: ObjectDetail): string =>
  kind === "Customization" && all.some(({ counters }) => counters) ? section("Flows", flowSection(all)) : "";

function challengeText(challenge: UnitDetail["challenge"]): string {
  if (!challenge?.lastPassed) return "-";
  return `${age(challenge.lastPassed)} ago, ${challenge.passed} right`;
}

function problems({ status }: ObjectDetail): string {
  if (status.problems.length === 0) return "";
  return section("Problems", status.problems.map((each) => `${formatProblem(each)}\n`).join(""));
}

const spec = ({ object }: ObjectDetail): string => (object ? section("Spec", stringify(object.spec)) : "");

function events({ events: all }: ObjectDetail): string {
  if (all.length === 0) return "";
  const rows = all.map(({ type, reason, lastTime, count, message }) => [
    age(lastTime),
    type,
    reason,
    `${count}`,
    message,
  ]);
  return section("Events", table(["LAST SEEN", "TYPE", "REASON", "COUNT", "MESSAGE"], rows));
}

const section = (title: string, body: string): string =>
  `${paint("bold", `${title}:`)}\n${body.replace(/^(?=.)/gm, "  ")}`;

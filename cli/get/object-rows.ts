import type { Condition, ObjectItem } from "../../controller/mod.ts";
import { age } from "../client/age.ts";
import { paint } from "../client/paint.ts";

export interface Columns {
  withKind: boolean;
  withNamespace: boolean;
  isWide: boolean;
}

export function headings({ withKind, withNamespace, isWide }: Columns): string[] {
  return [
    ...(withNamespace ? ["NAMESPACE"] : []),
    ...(withKind ? ["KIND"] : []),
    "NAME",
    "READY",
    "STATUS",
    "HOSTS",
    "SINCE",
    ...(isWide ? ["REVISION", "MESSAGE"] : []),
  ];
}

/** One row of `netloom get`. */
export function rowOf({ kind, namespace, name, status }: ObjectItem, columns: Columns): string[] {
  const { hosts, revision = "-", conditions } = status;
  const shown = mostTelling(conditions);
  return [
    ...(columns.withNamespace ? [namespace] : []),
    ...(columns.withKind ? [kind] : []),
    name,
    find(conditions, "Ready")?.status ?? "Unknown",
    coloured(shown),
    hosts.desired === 0 ? "-" : `${hosts.ready}/${hosts.desired}`,
    age(shown?.lastTransitionTime),
    ...(columns.isWide ? [shortRevision(revision), shown?.message ?? ""] : []),
  ];
}

const find = (conditions: readonly Condition[], type: Condition["type"]): Condition | undefined =>
  conditions.find((condition) => condition.type === type);

/** What keeps it from being ready, else that it is. */
export function mostTelling(conditions: readonly Condition[]): Condition | undefined {
  const isTrue = (condition: Condition | undefined): boolean => condition?.status === "True";
  return (
    [find(conditions, "Stalled"), find(conditions, "Reconciling")].find(isTrue) ?? find(conditions, "Ready")
  );
}

export function coloured(condition: Condition | undefined): string {
  if (!condition) return "Unknown";
  const colour = { Stalled: "red", Reconciling: "yellow", Ready: "green" } as const;
  return paint(colour[condition.type], condition.reason);
}

/** A git commit as git shortens it; what is no commit stays whole. */
export const shortRevision = (revision: string): string =>
  /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 10) : revision;

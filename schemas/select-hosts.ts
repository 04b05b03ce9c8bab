import type { Host, LabelSelector } from "./generated/objects.ts";

/**
 * The Hosts of `namespace` that a selector selects, in the order given. All of matchLabels, matchExpressions and
 * matchNames must hold; the empty selector selects every host, as in Kubernetes.
 */
export function selectHosts(selector: LabelSelector, hosts: readonly Host[], namespace: string): Host[] {
  return hosts.filter(
    ({ metadata }) =>
      metadata.namespace === namespace && selects(selector, metadata.name, metadata.labels ?? {}),
  );
}

function selects(selector: LabelSelector, name: string, labels: Record<string, string>): boolean {
  const { matchNames, matchLabels = {}, matchExpressions = [] } = selector;
  if (matchNames !== undefined && !matchNames.includes(name)) return false;
  for (const [key, value] of Object.entries(matchLabels)) {
    if (!Object.hasOwn(labels, key) || labels[key] !== value) return false;
  }
  return matchExpressions.every((expression) => holds(expression, labels));
}

type Expression = NonNullable<LabelSelector["matchExpressions"]>[number];

/** NotIn holds for a host without the label, too (Kubernetes: labels.Requirement.Matches). */
function holds({ key, operator, values = [] }: Expression, labels: Record<string, string>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
  }
}

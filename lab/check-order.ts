import type { Check } from "../schemas/mod.ts";

/**
 * The checks in the order in which they run: each after those it names, otherwise by namespace and name. Names that no
 * check has, and circles, are for validation to refuse; here the first are passed over and the second broken.
 */
export function orderChecks(checks: readonly Check[]): Check[] {
  const idOf = ({ metadata }: Check): string => `${metadata.namespace}/${metadata.name}`;
  const byId = new Map(
    [...checks].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)).map((check) => [idOf(check), check]),
  );
  const ordered = new Set<Check>();
  const entered = new Set<Check>();
  const enter = (check: Check): void => {
    if (entered.has(check)) return;
    entered.add(check);
    for (const name of [...(check.spec.after ?? [])].sort()) {
      const first = byId.get(`${check.metadata.namespace}/${name}`);
      if (first !== undefined) enter(first);
    }
    ordered.add(check);
  };
  for (const check of byId.values()) enter(check);
  return [...ordered];
}

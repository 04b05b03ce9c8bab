import type { Reconciler } from "../reconciler.ts";
import type { CustomizedEnd, UnitDetail } from "./replies.ts";
import { objectItems, unitDetails } from "./views.ts";

const roles = ["sender", "receiver"] as const;

/** What customizations do, each end on each host that has told of it. */
export function customizedEnds(reconciler: Reconciler): CustomizedEnd[] {
  return objectItems(reconciler, { kind: "Customization", namespace: undefined }).flatMap(
    ({ namespace, name, status }) =>
      unitDetails(reconciler, status.object).flatMap((unit) => {
        const end = customizedEnd(unit);
        return end ? [{ namespace, name, ...end }] : [];
      }),
  );
}

function customizedEnd({
  host,
  unit,
  life,
  priority,
  counters,
}: UnitDetail): Omit<CustomizedEnd, "namespace" | "name"> | undefined {
  const end = roles.find((role) => unit?.endsWith(`/${role}`));
  if (!end || life === undefined || priority === undefined || !counters) return undefined;
  const count = (name: string): number => counters[name] ?? 0;
  const lastActiveMs = count("last_active_ms");
  return {
    end,
    host,
    life,
    priority,
    flows: count("flows"),
    messages: count("messages_out_total") + count("messages_in_total"),
    bytes: count("bytes_out_total") + count("bytes_in_total"),
    customized: count("customized_total"),
    dropped: count("dropped_total"),
    notMine: count("mismatches_total"),
    tested: count("tested_total"),
    faults: count("faults_total"),
    ...(lastActiveMs > 0 && { lastActive: new Date(lastActiveMs).toISOString() }),
  };
}

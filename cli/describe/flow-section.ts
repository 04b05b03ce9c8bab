import type { UnitDetail } from "../../controller/mod.ts";
import { age } from "../client/age.ts";
import { table } from "../client/table.ts";

const columns = {
  FLOWS: "flows",
  OUT: "messages_out_total",
  IN: "messages_in_total",
  CUSTOMIZED: "customized_total",
  DROPPED: "dropped_total",
  "NOT MINE": "mismatches_total",
  TESTED: "tested_total",
  FAULTS: "faults_total",
} as const;

/** What `netloom describe customization` says of messages: counts by host, the module's own numbers, what wildcards met. */
export function flowSection(units: readonly UnitDetail[]): string {
  const seen = units.filter(({ counters }) => counters);
  const rows = seen.map(({ host, unit, counters = {} }) => [
    host,
    unit?.split("/").at(-1) ?? "",
    ...Object.values(columns).map((name) => `${counters[name] ?? 0}`),
    counters.last_active_ms ? age(new Date(counters.last_active_ms).toISOString()) : "-",
  ]);
  const parts = [table(["HOST", "END", ...Object.keys(columns), "LAST ACTIVE"], rows)];
  const own = seen.flatMap(({ host, counters = {} }) =>
    Object.entries(counters)
      .filter(([name]) => name.startsWith("module_"))
      .map(([name, value]) => [host, name.slice("module_".length), `${value}`]),
  );
  if (own.length > 0) parts.push(table(["HOST", "THE MODULE SAYS", "VALUE"], own));
  const met = seen.flatMap(({ host, met = {} }) =>
    Object.entries(met).map(([name, values]) => [host, name, values.join(", ")]),
  );
  if (met.length > 0) parts.push(table(["HOST", "OPEN PARAMETER", "MET LAST"], met));
  return parts.join("\n");
}

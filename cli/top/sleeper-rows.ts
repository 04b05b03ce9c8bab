import type { SleeperItem } from "../../controller/mod.ts";
import { age, duration } from "../client/age.ts";
import type { TopColumns } from "./top-view.ts";

export function sleeperHeadings({ withNamespace, isWide }: TopColumns): string[] {
  return [
    ...(withNamespace ? ["NAMESPACE"] : []),
    "HOST",
    "POWER",
    "ASLEEP",
    "SHARE",
    "ANSWERED",
    "WAKES",
    "SAVED",
    "LAST WAKE",
    ...(isWide ? ["PROXY", "BY ITSELF", "FAILED", "CAUSES"] : []),
  ];
}

/** One row of `netloom top hosts`. */
export function sleeperRow(item: SleeperItem, { withNamespace, isWide }: TopColumns): string[] {
  const [namespace = "", name = ""] = item.host.split("/");
  const { wakes } = item;
  return [
    ...(withNamespace ? [namespace] : []),
    name,
    item.power,
    duration(item.asleepSeconds * 1000),
    shareText(item),
    `${item.answered}`,
    `${wakes.byRule + wakes.byItself}`,
    energyText(item.savedKWh),
    lastWake(item),
    ...(isWide
      ? [item.proxy.split("/")[1] ?? item.proxy, `${wakes.byItself}`, `${wakes.failed}`, causesText(item)]
      : []),
  ];
}

/** "87%" of the time over which it is counted. */
export function shareText({ asleepSeconds, countedSeconds }: SleeperItem): string {
  if (countedSeconds <= 0) return "-";
  return `${Math.round((100 * Math.min(asleepSeconds, countedSeconds)) / countedSeconds)}%`;
}

/** "1.25 kWh", "13 Wh"; "-" when it is not known. */
export function energyText(kWh: number | undefined): string {
  if (kWh === undefined) return "-";
  if (Math.abs(kWh) >= 1) return `${kWh.toFixed(2)} kWh`;
  return `${(kWh * 1000).toFixed(Math.abs(kWh) >= 0.01 ? 0 : 2)} Wh`;
}

/** "TCP 3, UDP 1". */
export function causesText({ wakes }: SleeperItem): string {
  const causes = Object.entries(wakes.protocols).map(([protocol, count]) => `${protocol} ${count}`);
  return causes.join(", ") || "-";
}

function lastWake({ wakes }: SleeperItem): string {
  const last = wakes.recent.at(-1);
  if (!last) return "-";
  const ago = age(new Date(last.atMs).toISOString());
  if (last.rule === undefined) return `${ago} ago by itself`;
  return `${ago} ago: ${ruleName(last.rule)}${last.peer ? ` for ${last.peer}` : ""}`;
}

/** "ssh" of "Rule/default/ssh/nas". */
export function ruleName(unit: string): string {
  const [kind, , host = "", last = ""] = unit.split("/");
  return kind === "Self" ? `its own ${last}` : host;
}

import type { SleeperItem } from "../../controller/mod.ts";
import { age, duration } from "../client/age.ts";
import { table } from "../client/table.ts";
import { causesText, energyText, shareText } from "../top/sleeper-rows.ts";

/** What `netloom describe host` says of a host's sleep: totals, wakes by rule, and the last single ones. */
export function energySection(item: SleeperItem): string {
  const { wakes, power, proxy } = item;
  const counted = duration(item.countedSeconds * 1000);
  const facts = [
    ["Power:", power],
    ["Proxy:", proxy],
    ["Asleep:", `${duration(item.asleepSeconds * 1000)} of ${counted} (${shareText(item)})`],
    ["Answered:", `${item.answered} packets without waking it`],
    ["Saved:", energyText(item.savedKWh)],
    ["Wakes:", `${wakes.byRule} by rules (${wakes.failed} failed), ${wakes.byItself} by itself`],
    ["For:", causesText(item)],
  ];
  const rules = Object.entries(wakes.rules).map(([rule, count]) => [rule, `${count}`]);
  const recent = wakes.recent
    .toReversed()
    .map(({ atMs, rule, protocol, peer }) => [
      age(new Date(atMs).toISOString()),
      rule ?? "(by itself)",
      protocol ?? "-",
      peer ?? "-",
    ]);
  return [
    facts.map(([title = "", value = ""]) => `${title.padEnd(12)}${value}\n`).join(""),
    ...(rules.length > 0 ? [table(["RULE", "WAKES"], rules)] : []),
    ...(recent.length > 0 ? [table(["WOKEN", "BY", "PROTOCOL", "PEER"], recent)] : []),
  ].join("\n");
}

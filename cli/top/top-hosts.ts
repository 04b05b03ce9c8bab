import { setTimeout as delay } from "node:timers/promises";
import type { SleeperItem } from "../../controller/mod.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import { untilInterrupted } from "../client/run-command.ts";
import { table } from "../client/table.ts";
import type { TopOptions } from "../top.ts";
import { sleeperHeadings, sleeperRow } from "./sleeper-rows.ts";

const watchEveryMs = 2_000;
const clearScreen = "\u001b[H\u001b[2J";

/** Prints the hosts that may sleep, once or until interrupted. Returns the exit status. */
export async function topHosts(options: TopOptions): Promise<number> {
  const client = new ControllerClient(options.server);
  const signal = untilInterrupted();
  do {
    const { items } = await client.get<{ items: SleeperItem[] }>("/v1/sleepers");
    print(sorted(items.filter(isWanted(options)), options.sort), options);
    if (options.watch) await delay(watchEveryMs, undefined, { signal }).catch(() => undefined);
  } while (options.watch && !signal.aborted);
  return 0;
}

const isWanted =
  ({ allNamespaces, namespace }: TopOptions) =>
  ({ host }: SleeperItem): boolean =>
    allNamespaces === true || host.startsWith(`${namespace}/`);

/** The most comes first; names, and hosts that are even, in order of the alphabet. */
export function sorted(items: readonly SleeperItem[], order: TopOptions["sort"]): SleeperItem[] {
  const weigh: Record<TopOptions["sort"], (item: SleeperItem) => number> = {
    asleep: ({ asleepSeconds }) => asleepSeconds,
    answered: ({ answered }) => answered,
    wakes: ({ wakes }) => wakes.byRule + wakes.byItself,
    saved: ({ savedKWh = 0 }) => savedKWh,
    name: () => 0,
  };
  return [...items].sort((a, b) => weigh[order](b) - weigh[order](a) || (a.host < b.host ? -1 : 1));
}

function print(items: readonly SleeperItem[], { output, watch, allNamespaces = false }: TopOptions): void {
  if (output === "json" && watch) process.stdout.write(`${JSON.stringify({ items })}\n`);
  else if (output === "json" || output === "yaml") {
    if (watch) process.stdout.write("---\n");
    printValue({ items }, output);
  } else {
    const columns = { withNamespace: allNamespaces, isWide: output === "wide" };
    if (watch && process.stdout.isTTY) process.stdout.write(clearScreen);
    if (items.length === 0) process.stderr.write("No hosts that may sleep found.\n");
    else
      process.stdout.write(
        table(
          sleeperHeadings(columns),
          items.map((item) => sleeperRow(item, columns)),
        ),
      );
  }
}

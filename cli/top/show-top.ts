import { setTimeout as delay } from "node:timers/promises";
import { ControllerClient } from "../client/controller-client.ts";
import { printValue } from "../client/print.ts";
import { untilInterrupted } from "../client/run-command.ts";
import { table } from "../client/table.ts";
import { type TopOptions, type TopSubject, topOrders } from "../top.ts";
import { customizationView } from "./customization-view.ts";
import { sleeperView } from "./sleeper-view.ts";
import { sorted, type TopView } from "./top-view.ts";

const watchEveryMs = 2_000;
const clearScreen = "\u001b[H\u001b[2J";

/** Prints what there is of a kind, once or until interrupted. Returns the exit status. */
export async function showTop(what: TopSubject, options: TopOptions): Promise<number> {
  const sort = options.sort ?? topOrders[what][0];
  if (what === "hosts") await show(sleeperView, { ...options, sort });
  else await show(customizationView, { ...options, sort });
  return 0;
}

interface Shown<T> {
  byKey: Map<string, T>;
  atMs: number;
}

async function show<T>(view: TopView<T>, options: TopOptions & { sort: string }): Promise<void> {
  const client = new ControllerClient(options.server);
  const signal = untilInterrupted();
  let before: Shown<T> | undefined;
  do {
    const { items } = await client.get<{ items: T[] }>(view.path);
    const wanted = items.filter(
      (item) => options.allNamespaces === true || view.namespaceOf(item) === options.namespace,
    );
    const now: Shown<T> = { byKey: new Map(wanted.map((item) => [view.key(item), item])), atMs: Date.now() };
    print(sorted(wanted, options.sort, view), { view, options, before, nowMs: now.atMs });
    before = now;
    if (options.watch) await delay(watchEveryMs, undefined, { signal }).catch(() => undefined);
  } while (options.watch && !signal.aborted);
}

interface Printing<T> {
  view: TopView<T>;
  options: TopOptions;
  before: Shown<T> | undefined;
  nowMs: number;
}

function print<T>(items: readonly T[], { view, options, before, nowMs }: Printing<T>): void {
  const { output, watch, allNamespaces = false } = options;
  if (output === "json" && watch) process.stdout.write(`${JSON.stringify({ items })}\n`);
  else if (output === "json" || output === "yaml") {
    if (watch) process.stdout.write("---\n");
    printValue({ items }, output);
  } else {
    if (watch && process.stdout.isTTY) process.stdout.write(clearScreen);
    if (items.length === 0) process.stderr.write(`${view.none}\n`);
    else {
      const columns = { withNamespace: allNamespaces, isWide: output === "wide" };
      const rows = items.map((item) => {
        const last = before?.byKey.get(view.key(item));
        const seconds = before ? (nowMs - before.atMs) / 1000 : 0;
        return view.row(item, columns, last && { item: last, seconds });
      });
      process.stdout.write(table(view.headings(columns), rows));
    }
  }
}

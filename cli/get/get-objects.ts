import type { ObjectDetail, ObjectItem, WatchLine } from "../../controller/mod.ts";
import { ControllerClient } from "../client/controller-client.ts";
import type { Target } from "../client/options.ts";
import { printValue } from "../client/print.ts";
import { ended, untilInterrupted } from "../client/run-command.ts";
import { Table, table } from "../client/table.ts";
import type { GetOptions } from "../get.ts";
import { headings, rowOf } from "./object-rows.ts";

/** Prints the objects asked for. Returns the exit status. */
export async function get(target: Target | undefined, options: GetOptions): Promise<number> {
  const client = new ControllerClient(options.server);
  if (options.watch) return watch(client, target, options);
  if (target?.name !== undefined) return getOne(client, target as Required<Target>, options);
  const { items } = await client.get<{ items: ObjectItem[] }>(pathOf(target, options));
  print(items, target, options);
  return 0;
}

async function getOne(
  client: ControllerClient,
  { kind, name }: Required<Target>,
  options: GetOptions,
): Promise<number> {
  const ref = `${kind}/${options.namespace}/${name}`;
  const detail = await client.find<ObjectDetail>(`/v1/objects/${ref}`);
  if (!detail) {
    process.stderr.write(`netloom: there is no ${ref}\n`);
    return 1;
  }
  if (options.output === "json" || options.output === "yaml") printValue(detail, options.output);
  else print([detail], { kind, name }, options);
  return 0;
}

function pathOf(target: Target | undefined, { namespace, allNamespaces }: GetOptions): string {
  const query = new URLSearchParams();
  if (target) query.set("kind", target.kind);
  if (!allNamespaces) query.set("namespace", namespace);
  return `/v1/objects?${query}`;
}

function print(items: ObjectItem[], target: Target | undefined, options: GetOptions): void {
  const { output } = options;
  const columns = columnsOf(target, options);
  if (output === "json" || output === "yaml") printValue({ items }, output);
  else if (output === "name")
    for (const { kind, name } of items) process.stdout.write(`${kind.toLowerCase()}/${name}\n`);
  else if (items.length === 0) process.stderr.write("No objects found.\n");
  else
    process.stdout.write(
      table(
        headings(columns),
        items.map((item) => rowOf(item, columns)),
      ),
    );
}

function columnsOf(target: Target | undefined, { allNamespaces = false, output }: GetOptions) {
  return { withKind: target === undefined, withNamespace: allNamespaces, isWide: output === "wide" };
}

async function watch(
  client: ControllerClient,
  target: Target | undefined,
  options: GetOptions,
): Promise<number> {
  const { output, allNamespaces, namespace } = options;
  const columns = columnsOf(target, options);
  const lines = new Table(headings(columns));
  const isWanted = (item: ObjectItem): boolean =>
    (!target || item.kind === target.kind) &&
    (target?.name === undefined || item.name === target.name) &&
    (allNamespaces === true || item.namespace === namespace);
  let first: ObjectItem[] | undefined = [];
  const signal = untilInterrupted();
  for await (const line of client.lines<WatchLine>("/v1/watch", signal)) {
    if (line.kind === "object" && isWanted(line.item)) {
      if (first) first.push(line.item);
      else show([line.item]);
    }
    if (line.kind === "synced" && first) {
      // The widths are those of all rows, so the heading comes after they are known.
      const rows = lines.rows(first.map((item) => rowOf(item, columns)));
      if (output === "table" || output === "wide")
        process.stdout.write(`${[lines.heading(), ...rows].join("\n")}\n`);
      else show(first);
      first = undefined;
    }
  }
  return signal.aborted ? 0 : ended();

  function show(items: ObjectItem[]): void {
    for (const item of items) {
      if (output === "table" || output === "wide")
        process.stdout.write(`${lines.rows([rowOf(item, columns)])[0]}\n`);
      else if (output === "yaml") {
        process.stdout.write("---\n");
        printValue(item, "yaml");
      } else if (output === "json") process.stdout.write(`${JSON.stringify(item)}\n`);
      else process.stdout.write(`${item.kind.toLowerCase()}/${item.name}\n`);
    }
  }
}

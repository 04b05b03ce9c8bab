import type { FleetEvent, WatchLine } from "../../controller/mod.ts";
import { age } from "../client/age.ts";
import { ControllerClient } from "../client/controller-client.ts";
import { paint } from "../client/paint.ts";
import { printValue } from "../client/print.ts";
import { ended, untilInterrupted } from "../client/run-command.ts";
import { Table, table } from "../client/table.ts";
import type { EventsOptions } from "../events.ts";

const headings = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE"];

/** Prints events. Returns the exit status. */
export async function events(options: EventsOptions): Promise<number> {
  const client = new ControllerClient(options.server);
  if (options.watch) return watch(client, options);
  const { items } = await client.get<{ items: FleetEvent[] }>("/v1/events");
  const wanted = items.filter((event) => isWanted(event, options));
  if (options.output !== "table") printValue({ items: wanted }, options.output);
  else if (wanted.length === 0) process.stderr.write("No events found.\n");
  else process.stdout.write(table(headings, wanted.map(row)));
  return 0;
}

async function watch(client: ControllerClient, options: EventsOptions): Promise<number> {
  const lines = new Table(headings);
  let first: FleetEvent[] | undefined = [];
  const signal = untilInterrupted();
  for await (const line of client.lines<WatchLine>("/v1/watch", signal)) {
    if (line.kind === "event" && isWanted(line.event, options)) {
      if (first) first.push(line.event);
      else show([line.event]);
    }
    if (line.kind === "synced" && first) {
      lines.rows(first.map(row));
      if (options.output === "table") process.stdout.write(`${lines.heading()}\n`);
      show(first);
      first = undefined;
    }
  }
  return signal.aborted ? 0 : ended();

  function show(found: FleetEvent[]): void {
    for (const event of found) {
      if (options.output === "table") process.stdout.write(`${lines.rows([row(event)])[0]}\n`);
      else process.stdout.write(`${JSON.stringify(event)}\n`);
    }
  }
}

function isWanted(event: FleetEvent, { for: target, namespace }: EventsOptions): boolean {
  return !target || event.object === `${target.kind}/${namespace}/${target.name}`;
}

const row = ({ lastTime, type, reason, object, count, message }: FleetEvent): string[] => [
  age(lastTime),
  paint(type === "Warning" ? "yellow" : "green", type),
  reason,
  object,
  `${count}`,
  message,
];

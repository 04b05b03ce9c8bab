import type { ObjectStatus, SourceStatus } from "../../controller/mod.ts";
import type { HostId } from "../../schemas/mod.ts";

/** All that the table of a lab shows. */
export interface LabPicture {
  title: string;
  source: SourceStatus;
  objects: readonly ObjectStatus[];
  power: ReadonlyMap<HostId, "asleep" | "awake">;
  /** What happened last, oldest first. */
  events: readonly string[];
  hint: string;
}

const eventsShownMax = 6;
/** Lines around the objects: title, source, head, blank lines, hint. */
const otherLines = 7;

/** The table as lines of at most `columns` characters, at most `rows` of them. */
export function tableText(
  picture: LabPicture,
  { columns, rows }: { columns: number; rows: number },
): string[] {
  const { source, power, events } = picture;
  const objects = picture.objects.map((status) => objectRow(status, power));
  const room = Math.max(1, rows - otherLines - Math.min(events.length, eventsShownMax));
  const shown = objects.length > room ? objects.slice(0, room - 1) : objects;
  const widths = [0, 1].map((place) => Math.max(...[...shown, head].map((row) => row[place]!.length)));
  const line = ([object, state, message]: Row): string =>
    `${object.padEnd(widths[0]!)}  ${state.padEnd(widths[1]!)}  ${message}`;
  const left = objects.length - shown.length;
  return [
    picture.title,
    `source ${source.location}  revision ${source.revision ?? "none yet"}`,
    ...source.problems.slice(0, 1).map(({ message }) => message),
    "",
    line(head),
    ...shown.map(line),
    ...(left > 0 ? [`… and ${left} more`] : []),
    "",
    ...events.slice(-eventsShownMax),
    picture.hint,
  ].map((text) => text.slice(0, columns));
}

type Row = [object: string, state: string, message: string];
const head: Row = ["OBJECT", "STATE", "MESSAGE"];

function objectRow({ object, conditions }: ObjectStatus, power: LabPicture["power"]): Row {
  const is = (type: string): boolean =>
    conditions.some((each) => each.type === type && each.status === "True");
  const state = is("Ready") ? "ready" : is("Stalled") ? "STALLED" : "…";
  const asleep = power.get(object.replace(/^Host\//, "")) === "asleep" ? ", asleep" : "";
  const message = conditions.find(({ type }) => type === "Ready")?.message ?? "";
  return [object, `${state}${asleep}`, message];
}

import { entry } from "./entry.ts";

/** What the controller meets on its way from objects to hosts. */
export const controllerProblems = {
  "unit.undone": entry(
    true,
    (d: { units: string; host: string }) =>
      `Units on ${d.host} were put right and are different again: ${d.units}; find out who changes them there`,
  ),
  "command.unanswered": entry(
    true,
    (d: { host: string; verb: string; unit: string }) =>
      `Cannot tell whether ${d.host} carried out ${d.verb} "${d.unit}": its reply does not mention it; it is sent again`,
  ),
  "program.missing": entry(
    false,
    (d: { program: string }) =>
      `Cannot find program ${d.program}: it is neither in the source nor shipped with netloom`,
  ),
  "source.emptied": entry(
    false,
    (d: { revision: string; units: number }) =>
      `Revision ${d.revision} has no valid object, but ${d.units} units are on hosts; they are left as they are. If all of them shall go, start the controller with --allow-empty`,
  ),
};

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
  "rotation.lost": entry(
    false,
    (d: { rotation: string; reason: string; key: string }) =>
      `Cannot read what was decided of ${d.rotation}: ${d.reason}; it is set aside as "${d.key}" in the bucket "record", and what hosts have is taken as found`,
  ),
  "source.emptied": entry(
    false,
    (d: { revision: string; objects: number; units: number }) =>
      `Revision ${d.revision} has no valid object, but ${d.objects} were in force and hosts have ${d.units} units; all is left as it is. If everything shall go, start the controller with --allow-empty`,
  ),
  "server.address-invalid": entry(
    false,
    (d: { address: string }) =>
      `Cannot use "${d.address}" as the controller's address; it must be the path of a socket, or http://HOST:PORT`,
  ),
  "server.folder-unsafe": entry(
    false,
    (d: { folder: string; reason: string }) =>
      `Refused to use a socket in ${d.folder}: ${d.reason}; it must be a directory of yours that nobody else may write to`,
  ),
  "server.address-taken": entry(
    false,
    (d: { address: string; reason: string }) =>
      `Cannot listen on ${d.address}: ${d.reason}; stop what listens there, or choose another address`,
  ),
  "server.unreachable": entry(
    true,
    (d: { address: string; reason: string }) =>
      `Cannot reach a controller at ${d.address}: ${d.reason}; start one (netloom up), or name its address with --server`,
  ),
  "server.refused": entry(
    false,
    (d: { what: string; status: number; reason: string }) =>
      `The controller refuses ${d.what}: ${d.reason} (${d.status})`,
  ),
};

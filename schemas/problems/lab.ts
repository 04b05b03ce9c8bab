import { entry } from "./entry.ts";

/** What can go wrong with a lab, and with what is asked of one. */
export const labProblems = {
  "lab.command-failed": entry(
    false,
    (d: { tried: string; command: string; reason: string }) =>
      `Cannot ${d.tried}: ${d.command} failed: ${d.reason}`,
  ),
  "lab.no-hosts": entry(
    false,
    (d: { location: string; problems: number }) =>
      `Cannot build a lab of ${d.location}: it has no valid Host${d.problems ? ` (${d.problems} problems; netloom validate tells)` : ""}; declare one`,
  ),
  "lab.already-running": entry(
    false,
    (d: { name: string }) =>
      `Cannot start lab "${d.name}": one of that name is running; end it with "netloom lab down", or choose a --name`,
  ),
  "lab.not-running": entry(false, (d: { name?: string | undefined; running: string[] }) =>
    d.running.length === 0
      ? "Cannot reach a lab: none is running; start one with netloom lab"
      : `Cannot reach lab "${d.name}": no lab of that name is running; running: ${d.running.join(", ")}`,
  ),
  "lab.ambiguous": entry(
    false,
    (d: { running: string[] }) =>
      `Cannot tell which lab is meant: ${d.running.join(", ")} are running; choose one with --name`,
  ),
  "lab.host-unknown": entry(
    false,
    (d: { host: string; hosts: string[] }) =>
      `Cannot find host "${d.host}" in the lab: its hosts are ${d.hosts.join(", ")}`,
  ),
  "lab.host-never-sleeps": entry(
    false,
    (d: { host: string }) =>
      `Cannot send ${d.host} to sleep: it has no "sleep" section; say which host is its proxy`,
  ),
  "lab.unreachable": entry(
    true,
    (d: { name: string; reason: string }) => `Cannot talk to lab "${d.name}": ${d.reason}`,
  ),
  "lab.not-converged": entry(
    false,
    (d: { afterMs: number; waiting: string[] }) =>
      `Cannot check a fleet that has not converged after ${d.afterMs} ms: waiting for ${d.waiting.join(", ")}`,
  ),
} as const;

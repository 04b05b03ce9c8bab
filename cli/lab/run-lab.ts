import { endOfLab, isInsideSandbox, serveControl } from "../../lab/mod.ts";
import { problemOf } from "../../schemas/mod.ts";
import type { LabRunOptions } from "../lab.ts";
import { LabLines } from "./lab-lines.ts";
import { LabTable } from "./lab-table.ts";
import { launchLab } from "./launch-lab.ts";
import { refuseSecond, startLab } from "./start-lab.ts";

/** Runs a lab until it is asked to end: 0 then, 2 when it could not run. */
export async function runLab(location: string, options: LabRunOptions): Promise<number> {
  if (isInsideSandbox()) return runInside(location, options);
  refuseSecond(options.name);
  return launchLab(location, options);
}

async function runInside(location: string, options: LabRunOptions): Promise<number> {
  const end = new AbortController();
  endOfLab().addEventListener("abort", () => end.abort());
  const view = process.stdout.isTTY ? new LabTable(process.stdout) : new LabLines(process.stdout);
  const lab = await startLab(location, options, (event) => view.event(event));
  const control = await serveControl(lab, () => end.abort());
  view.started(lab);
  const ended = new Promise((done) => end.signal.addEventListener("abort", done));
  try {
    await lab.settle({ timeoutMs: options.timeout * 1000, signal: end.signal });
    view.settled();
  } catch (error) {
    // The lab goes on: what is wrong can be mended by a commit while it runs.
    if (!end.signal.aborted) view.event({ kind: "problem", problem: problemOf(error) });
  }
  if (!end.signal.aborted) await ended;
  view.ending();
  control.close();
  await lab.close();
  view.close();
  return 0;
}

import { StreamGuest, streamAbi } from "../../modules/mod.ts";
import { formatProblem } from "../../schemas/mod.ts";
import type { TestOptions } from "../module.ts";
import { capturedIn } from "./captured-in.ts";
import { startGuest, type Trial } from "./module-under-test.ts";
import { isCapture } from "./read-capture.ts";
import { RowPrinter } from "./row-printer.ts";
import { type StreamAction, type StreamStep, tryBytes, tryConnections } from "./try-stream-rule.ts";

const textMax = 60;

/** Lets a rule that speaks on TCP connections hear those of a capture, or a file's bytes. Returns the exit status. */
export function testStreamRule(trial: Trial, file: string, bytes: Uint8Array, options: TestOptions): number {
  const guest = startGuest(trial, streamAbi, (module, made) => new StreamGuest(module, made));
  const steps = isCapture(bytes)
    ? tryConnections(guest, capturedIn(file, bytes), trial)
    : tryBytes(guest, bytes, trial);
  const all: StreamStep[] = [];
  const printer = new RowPrinter(["TIME", "CONNECTION", "CALL", "ACTION"]);
  for (const step of steps) {
    all.push(step);
    if (options.output === "table") printer.add(rowsOf(step));
  }
  const faults = all.filter((step) => step.problem).length;
  if (options.output === "json") {
    const shown = all.map((step) => ({ ...step, actions: step.actions.map(plain) }));
    process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  } else {
    printer.end();
    const actions = all.reduce((sum, step) => sum + step.actions.length, 0);
    process.stdout.write(`${all.length} calls: ${actions} actions, ${faults} calls failed.\n`);
  }
  return faults > 0 ? 1 : 0;
}

function rowsOf(step: StreamStep): string[][] {
  const call = step.bytes > 0 ? `${step.call}, ${step.bytes} bytes` : step.call;
  const found = step.problem ? [formatProblem(step.problem)] : step.actions.map(describe);
  const [first = "nothing", ...more] = found;
  const head = [`${(step.timeMs / 1000).toFixed(3)} s`, `${step.connection}`, call, first];
  return [head, ...more.map((text) => ["", "", "", text])];
}

function describe({ kind, bytes }: StreamAction): string {
  if (bytes === undefined) return kind;
  const text = JSON.stringify(Buffer.from(bytes).toString("latin1"));
  return `${kind}, ${bytes.length} bytes: ${text.length > textMax ? `${text.slice(0, textMax)}…` : text}`;
}

function plain(action: StreamAction): object {
  return action.bytes ? { ...action, bytes: Buffer.from(action.bytes).toString("hex") } : action;
}

import { writeFileSync } from "node:fs";
import { SleepGuest, sleepAbi } from "../../modules/mod.ts";
import { formatProblem } from "../../schemas/mod.ts";
import type { TestOptions } from "../module.ts";
import { capturedIn } from "./captured-in.ts";
import { positive, startGuest, type Trial } from "./module-under-test.ts";
import { RowPrinter } from "./row-printer.ts";
import { type Reaction, type Step, type TryOptions, tryRule } from "./try-rule.ts";
import { writeCapture } from "./write-capture.ts";

/** Lets a rule of the sleep proxy see a capture and prints what it does. Returns the exit status. */
export function testRule(trial: Trial, file: string, bytes: Uint8Array, options: TestOptions): number {
  const { name, clock, limitMs } = trial;
  const tried: TryOptions = {
    ...{ name, clock, limitMs, raw: options.raw ?? false, wakeup: options.wakeup ?? false },
    intervalMs: options.interval === undefined ? undefined : positive("--interval", options.interval) * 1000,
  };
  const guest = startGuest(
    trial,
    sleepAbi,
    (module, made) => new SleepGuest(module, { ...made, raw: tried.raw }),
  );
  const steps = tryRule(guest, capturedIn(file, bytes), tried);
  return options.output === "json" ? printJson(steps, options) : printTable(steps, options);
}

function printTable(steps: Iterable<Step>, options: TestOptions): number {
  const printer = new RowPrinter(["#", "TIME", "PACKET", "REACTION"]);
  const all: Step[] = [];
  for (const step of steps) {
    all.push(step);
    printer.add(rowsOf(step));
  }
  printer.end();
  const faults = all.filter((step) => step.problem).length;
  const reactions = all.flatMap((step) => step.reactions);
  const wakes = reactions.filter((reaction) => reaction.kind === "wake").length;
  process.stdout.write(
    `${all.length} calls: ${reactions.length - wakes} packets answered, ${wakes} times woken, ${faults} calls failed.\n`,
  );
  return finish(all, options);
}

function rowsOf(step: Step): string[][] {
  const what = step.call === "process_packet" ? step.summary : step.call;
  const found = step.problem
    ? [formatProblem(step.problem)]
    : step.reactions.length > 0
      ? step.reactions.map(describeReaction)
      : ["ignore"];
  return found.map((text, index) =>
    index === 0
      ? [`${step.number ?? ""}`, `${(step.timeMs / 1000).toFixed(3)} s`, what, text]
      : ["", "", "", text],
  );
}

function describeReaction(reaction: Reaction): string {
  if (reaction.kind === "wake") return "wake";
  const later = reaction.delayMs > 0 ? ` after ${reaction.delayMs} ms` : "";
  return `respond${later}: ${reaction.summary}`;
}

function printJson(steps: Iterable<Step>, options: TestOptions): number {
  const all = [...steps];
  const shown = all.map((step) => ({
    ...step,
    reactions: step.reactions.map((reaction) =>
      reaction.kind === "wake"
        ? reaction
        : { ...reaction, bytes: Buffer.from(reaction.bytes).toString("hex") },
    ),
  }));
  process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  return finish(all, options);
}

function finish(all: readonly Step[], { write, raw = false }: TestOptions): number {
  if (write !== undefined) {
    const answered = all.flatMap((step) =>
      step.reactions.flatMap((reaction) =>
        reaction.kind === "respond"
          ? [{ timeMs: step.timeMs + reaction.delayMs, bytes: reaction.bytes }]
          : [],
      ),
    );
    writeFileSync(write, writeCapture(answered, raw));
  }
  return all.some((step) => step.problem) ? 1 : 0;
}

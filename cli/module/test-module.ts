import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { buildModule, compileModule, SleepGuest, sleepAbi, standardModule } from "../../modules/mod.ts";
import { fail, formatProblem, type Problem, ProblemError, problem } from "../../schemas/mod.ts";
import { Table } from "../client/table.ts";
import type { TestOptions } from "../module.ts";
import { MalformedCapture, readCapture } from "./read-capture.ts";
import { type Reaction, type Step, type TryOptions, tryRule, withTimeLimit } from "./try-rule.ts";
import { writeCapture } from "./write-capture.ts";

const mebibyte = 1024 * 1024;
const captureBytesMax = 256 * mebibyte;
/** Rows of the table that are aligned together and printed at once. */
const rowsAtOnce = 50;

/** Lets a rule see a capture and prints what it does. Returns the exit status. */
export async function testModule(name: string, capture: string, options: TestOptions): Promise<number> {
  const clock = { nowMs: 0 };
  const tried: TryOptions = {
    ...{ name, clock, raw: options.raw ?? false, wakeup: options.wakeup ?? false },
    intervalMs: options.interval === undefined ? undefined : positive("--interval", options.interval) * 1000,
    limitMs: Math.ceil(positive("--time", options.time)),
  };
  const memoryBytes = positive("--memory", options.memory) * mebibyte;
  const config = readConfig(options.config);
  const bytes = readFile(capture);
  try {
    const guest = start(name, await moduleBytes(name), { ...tried, memoryBytes, config });
    const steps = untilMalformed(capture, tryRule(guest, readCapture(bytes), tried));
    return options.output === "json" ? printJson(steps, options) : printTable(steps, options);
  } catch (error) {
    if (!(error instanceof ProblemError) || !isModulesFault(error.problem)) throw error;
    process.stderr.write(`netloom: ${formatProblem(error.problem)}\n`);
    return 1;
  }
}

function start(
  name: string,
  wasm: Uint8Array,
  options: TryOptions & { memoryBytes: number; config: unknown },
): SleepGuest {
  const compilation = compileModule(wasm, sleepAbi, name);
  if (compilation.kind === "refused") throw new ProblemError(compilation.problems[0] as Problem);
  const { clock, raw, limitMs, memoryBytes, config } = options;
  const services = {
    nowMs: () => clock.nowMs,
    log: (text: string) => process.stderr.write(`${name}: ${text}\n`),
  };
  const make = () => new SleepGuest(compilation.module, { limits: { memoryBytes }, config, raw, services });
  const guest = withTimeLimit(make, limitMs);
  if (guest === "late") fail("module.too-slow", { module: name, call: "its start", limitMs });
  return guest;
}

async function moduleBytes(name: string): Promise<Uint8Array> {
  if (name.endsWith(".wasm")) return readFile(name);
  const standard = existsSync(name) ? undefined : standardModule(name);
  if (standard) return standard;
  const build = await buildModule(name);
  if (build.kind === "failed") throw new ProblemError(build.problem);
  return build.wasm;
}

/** Problems of the module itself, as against those of the files and options it is tried with. */
function isModulesFault({ code }: Problem): boolean {
  return code.startsWith("module.") && code !== "module.file-unreadable" && code !== "module.option-invalid";
}

/** All steps up to where the capture breaks off; then that problem is thrown. */
function* untilMalformed(file: string, steps: Iterable<Step>): Generator<Step> {
  try {
    yield* steps;
  } catch (error) {
    if (error instanceof MalformedCapture)
      throw new ProblemError(problem("capture.malformed", { file, reason: error.message }));
    throw error;
  }
}

function printTable(steps: Iterable<Step>, options: TestOptions): number {
  const made = new Table(["#", "TIME", "PACKET", "REACTION"]);
  const all: Step[] = [];
  let rows: string[][] = [];
  const print = (): void => {
    const lines = made.rows(rows);
    if (all.length <= rowsAtOnce) process.stdout.write(`${made.heading()}\n`);
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    rows = [];
  };
  for (const step of steps) {
    all.push(step);
    rows.push(...rowsOf(step));
    if (all.length % rowsAtOnce === 0) print();
  }
  if (rows.length > 0 || all.length === 0) print();
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

function readFile(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > captureBytesMax)
      fail("module.file-unreadable", { file, reason: `it has more than ${captureBytesMax} bytes` });
    return bytes;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    return fail("module.file-unreadable", { file, reason: (error as Error).message });
  }
}

function readConfig(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const json = text.startsWith("@") ? Buffer.from(readFile(text.slice(1))).toString() : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    return fail("module.option-invalid", { option: "--config", is: (error as Error).message, must: "JSON" });
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    fail("module.option-invalid", { option, is: JSON.stringify(text), must: "a number above 0" });
  return value;
}

import { writeFileSync } from "node:fs";
import { CustomizationGuest, customizationAbi, type StateReport } from "../../modules/mod.ts";
import { formatProblem, type Problem } from "../../schemas/mod.ts";
import type { TestOptions } from "../module.ts";
import { capturedIn } from "./captured-in.ts";
import { positive, startGuest, type Trial } from "./module-under-test.ts";
import { isCapture } from "./read-capture.ts";
import { RowPrinter } from "./row-printer.ts";
import type { Said } from "./tried-stream.ts";
import { type CustomizationStep, type Ends, tryDatagrams, tryStream } from "./try-customization.ts";
import { writeCapture } from "./write-capture.ts";

/**
 * Lets a customization see the datagrams of a capture, or a file's bytes as a stream, at the end that sends them and then at the
 * one that they arrive at. Returns the exit status.
 */
export function testCustomization(
  trial: Trial,
  file: string,
  bytes: Uint8Array,
  options: TestOptions,
): number {
  const ends = startEnds(trial, options.role);
  const isDatagrams = isCapture(bytes);
  const steps = isDatagrams
    ? tryDatagrams(ends, capturedIn(file, bytes), trial)
    : tryStream(ends, bytes, Math.ceil(positive("--chunk", options.chunk)), trial);
  const all: CustomizationStep[] = [];
  const printer = new RowPrinter(["#", "TIME", "MESSAGE", "SENT", "RECEIVED"]);
  for (const step of steps) {
    all.push(step);
    if (options.output === "table") printer.add([rowOf(step)]);
  }
  if (options.output === "json") printJson(all, ends);
  else {
    printer.end();
    process.stdout.write(`${summaryOf(all)}\n${reportLines(ends)}`);
  }
  if (options.write !== undefined) {
    const wire = all
      .map(({ timeMs, wire: sent }) => ({ timeMs, bytes: sent }))
      .filter(({ bytes: { length } }) => length > 0);
    const content = isDatagrams ? writeCapture(wire, false) : Buffer.concat(wire.map((one) => one.bytes));
    writeFileSync(options.write, content);
  }
  return all.some((step) => step.problem || step.isSame === false) ? 1 : 0;
}

function startEnds(trial: Trial, role: TestOptions["role"]): Ends {
  const start = (end: "sender" | "receiver") =>
    startGuest(
      trial,
      customizationAbi,
      (module, made) => new CustomizationGuest(module, { ...made, role: end }),
    );
  return {
    ...(role !== "receiver" && { sender: start("sender") }),
    ...(role !== "sender" && { receiver: start("receiver") }),
  };
}

function rowOf(step: CustomizationStep): string[] {
  const head = [`${step.number}`, `${(step.timeMs / 1000).toFixed(3)} s`, step.summary];
  if (step.problem) return [...head, formatProblem(step.problem)];
  const arrived = describe(step.received);
  return [...head, describe(step.sent), step.isSame === false ? `${arrived}: not what was sent` : arrived];
}

/** Verdicts that come one behind the other are told once, with their bytes together. */
function describe(all: readonly Said[]): string {
  const told: { verdict: string; bytes: number; delayMs: number }[] = [];
  for (const { verdict, bytes, delayMs } of all) {
    const last = told.at(-1);
    if (last?.verdict === verdict) last.bytes += bytes.length;
    else told.push({ verdict, bytes: bytes.length, delayMs: 0 });
    if (verdict !== "more") (told.at(-1) as { delayMs: number }).delayMs = delayMs;
  }
  return told
    .map(({ verdict, bytes, delayMs }) => {
      const size = verdict === "customized" ? `, ${bytes} bytes` : "";
      return `${verdict}${size}${delayMs > 0 ? ` after ${delayMs} ms` : ""}`;
    })
    .join("; ");
}

function summaryOf(all: readonly CustomizationStep[]): string {
  const customized = all.filter((step) =>
    [...step.sent, ...step.received].some(({ verdict }) => verdict === "customized"),
  ).length;
  const faults = all.filter((step) => step.problem).length;
  const others = all.filter((step) => step.isSame === false).length;
  return `${all.length} messages: ${customized} customized, ${others} come out otherwise than they went in, ${faults} calls failed.`;
}

function reportOf(guest: CustomizationGuest | undefined): StateReport | Problem | undefined {
  return guest?.stateReport();
}

function reportLines(ends: Ends): string {
  let lines = "";
  for (const end of ["sender", "receiver"] as const) {
    const report = reportOf(ends[end]);
    if (report === undefined) continue;
    const text =
      "code" in report && typeof report.code === "string"
        ? formatProblem(report as Problem)
        : Object.entries(report)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ");
    lines += `${end}: ${text}\n`;
  }
  return lines;
}

function printJson(all: readonly CustomizationStep[], ends: Ends): void {
  const plain = (said: Said) => ({ ...said, bytes: Buffer.from(said.bytes).toString("hex") });
  const messages = all.map((step) => ({
    ...step,
    ...{ sent: step.sent.map(plain), received: step.received.map(plain) },
    wire: Buffer.from(step.wire).toString("hex"),
  }));
  const reports = { sender: reportOf(ends.sender), receiver: reportOf(ends.receiver) };
  process.stdout.write(`${JSON.stringify({ messages, reports }, null, 2)}\n`);
}

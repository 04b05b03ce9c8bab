/**
 * Runs test files, each as a process in a sandbox of its own (`lab/sandbox`), a few at a time; prints what failed, and
 * last a line "N passed, N failed". Fails when a test fails, is skipped, hangs, or when there is none.
 *   usage: node dist/tools/test.js [PATTERN...]   (patterns are parts of paths under test/)
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const fileDeadlineMs = 5 * 60_000;
/** How long a file may take to end when its tests have: after a failed test something may be left that keeps it. */
const endDeadlineMs = 20_000;
const root = resolve(import.meta.dirname, "../..");
const testRoot = resolve(root, "dist/test");

interface FileResult {
  file: string;
  passed: number;
  failed: number;
  output: string;
}

const patterns = process.argv.slice(2);
const files = findFiles(resolve(root, "test")).filter(
  (file) => patterns.length === 0 || patterns.some((part) => file.includes(part)),
);
const results: FileResult[] = [];
const waiting = [...files];
const running = new Map<ChildProcess, string>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => giveUp(signal));
await Promise.all(Array.from({ length: availableParallelism() }, worker));

const failures = results.filter((result) => result.failed > 0);
for (const failure of failures) console.log(`\n=== ${failure.file}\n${failure.output}`);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
if (passed + failed === 0) console.log("No test was run.");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

async function worker(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const started = performance.now();
    const result = await runFile(file);
    results.push(result);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${result.failed ? "FAIL" : "ok  "} ${result.file} (${result.passed} passed, ${seconds} s)`);
  }
}

function runFile(file: string): Promise<FileResult> {
  return new Promise((done) => {
    // What a test that fails or is ended leaves among temporary files goes with its folder.
    const folder = mkdtempSync(join(tmpdir(), "netloom-test-"));
    const child = spawn(
      resolve(root, "lab/sandbox"),
      [process.execPath, "--enable-source-maps", resolve(testRoot, file)],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, NO_COLOR: "1", TMPDIR: folder },
      },
    );
    running.set(child, folder);
    let output = "";
    let late = "";
    const endIn = (ms: number, what: string) =>
      setTimeout(() => {
        late = `\n${what} after ${ms / 1000} s; ended.`;
        child.kill("SIGKILL");
      }, ms);
    const deadlines = [endIn(fileDeadlineMs, "Not finished")];
    const read = (chunk: Buffer): void => {
      output += chunk;
      if (deadlines.length === 1 && /^ +Duration: /m.test(output))
        deadlines.push(endIn(endDeadlineMs, "Its tests ended, but it has not"));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("close", (code) => {
      deadlines.forEach(clearTimeout);
      running.delete(child);
      rmSync(folder, { recursive: true, force: true });
      done({ file, output: output + late, ...count(output, late ? 1 : (code ?? 1)) });
    });
  });
}

/** Leaves nothing behind when it is told to end. */
async function giveUp(signal: NodeJS.Signals): Promise<never> {
  waiting.length = 0;
  const all = [...running];
  const ended = all.map(([child]) => new Promise((done) => child.once("exit", done)));
  for (const [child] of all) child.kill("SIGKILL");
  await Promise.all(ended);
  for (const [, folder] of all) rmSync(folder, { recursive: true, force: true });
  console.log(`Ended by ${signal}.`);
  process.exit(128 + constants.signals[signal]);
}

/** Reads uvu's summary. A process that failed without a failed test counts as one failure, and so does a skipped test. */
function count(output: string, code: number): { passed: number; failed: number } {
  const total = lastNumber(output, /Total:\s+(\d+)/g);
  const passed = lastNumber(output, /Passed:\s+(\d+)/g);
  const failed = Math.max(0, total - passed);
  if (failed === 0 && (code !== 0 || total === 0)) return { passed, failed: 1 };
  return { passed, failed };
}

function lastNumber(text: string, pattern: RegExp): number {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? 0 : Number(found);
}

/** The compiled twin of every test source; what is left in dist of a test that is gone is not run. */
function findFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => file.replace(/\.ts$/, ".js"))
    .sort();
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

export const netloom = fileURLToPath(new URL("../../cli/main.js", import.meta.url));

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs netloom's command line to its end. */
export const run = (...words: string[]): Ran => runWith("", ...words);

/** With this on its standard input. */
export function runWith(input: string, ...words: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [netloom, ...words], {
    encoding: "utf8",
    timeout: 60_000,
    input,
  });
  return { code: status, stdout, stderr };
}

/** A folder with these files, removed at the end of the process. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "netloom-test-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A command of netloom in a process of its own, as a user starts it. */
export class Started {
  static readonly #all = new Set<ChildProcess>();
  readonly process: ChildProcess;
  /** Its exit code, once it has ended. */
  readonly exit: Promise<number | null>;
  output = "";

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}, netns?: string) {
    const enter = netns === undefined ? [] : ["nsenter", `--net=/run/netns/${netns}`, "--"];
    const [program, ...rest] = [...enter, process.execPath, netloom, ...words] as [string, ...string[]];
    this.process = spawn(program, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    Started.#all.add(this.process);
    const keep = (chunk: Buffer): void => {
      this.output += chunk;
    };
    this.process.stdout?.on("data", keep);
    this.process.stderr?.on("data", keep);
    this.exit = new Promise((done) => this.process.once("close", done));
  }

  /** Ends what a test that failed left running. */
  static killAll(): void {
    for (const child of Started.#all) child.kill("SIGKILL");
  }

  async says(text: string | RegExp, seconds = 60): Promise<void> {
    const isThere = (): boolean =>
      typeof text === "string" ? this.output.includes(text) : text.test(this.output);
    const ended = this.exit.then((code) => {
      // What it said last is there by now.
      if (!isThere()) throw new Error(`it ended (${code}) without saying ${text}`);
    });
    await Promise.race([until(`it says ${text}`, isThere, seconds), ended]).catch((error: Error) => {
      throw new Error(`${error.message}; it said:\n${this.output}`);
    });
  }
}

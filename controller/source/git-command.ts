import { simpleGit } from "simple-git";
import { fail, ProblemError } from "../../schemas/mod.ts";
import { sourceLimits } from "./limits.ts";

/** Runs git, each time as a process of its own, under the source's configuration and environment alone. */
export class GitCommand {
  readonly #folder: string;
  readonly #environment: Record<string, string>;
  readonly #shown: string;

  /** `folder` is where git runs; `shown` is the location as problems name it. */
  constructor(folder: string, options: { environment: Record<string, string>; shown: string }) {
    this.#folder = folder;
    this.#environment = options.environment;
    this.#shown = options.shown;
  }

  /** What git printed. Rejects with `source.unreachable` and git's own reason, also when the signal aborts. */
  async run(args: string[], signal: AbortSignal): Promise<string> {
    if (signal.aborted) return this.#unreachable("it was given up", undefined);
    const git = simpleGit({
      baseDir: this.#folder,
      abort: signal,
      allowEnvironment: Object.keys(this.#environment),
      unsafe: { allowUnsafeConfigPaths: true },
    }).env(this.#environment);
    // A grandchild (ssh, git-remote-https) may keep the pipes open after git was ended; nobody waits for that.
    const { promise: ended, done } = endOf(signal);
    try {
      return await Promise.race([git.raw(args), ended]);
    } catch (error) {
      return this.#unreachable(gitReason(error instanceof Error ? error.message : String(error)), error);
    } finally {
      done();
    }
  }

  #unreachable(reason: string, cause: unknown): never {
    return fail("source.unreachable", { location: this.#shown, reason }, { cause });
  }
}

/** Whether a rejection is git's (or the world's) refusal rather than a defect of ours. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === "source.unreachable";
}

/** The telling lines of what git printed, without user names and passwords, in one bounded line. */
export function gitReason(printed: string): string {
  const lines = printed
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = lines.filter((line) =>
    /^(?:fatal|error|remote|ssh|kex_exchange)|denied|failed/i.test(line),
  );
  return (telling.length > 0 ? telling : lines)
    .join("; ")
    .replace(/(\w+:\/\/)[^\s/@]*@/g, "$1")
    .replace(/[^\x20-\x7e\u00a0-\uffff]/g, "?")
    .slice(0, sourceLimits.reasonCharactersMax);
}

function endOf(signal: AbortSignal): { promise: Promise<never>; done: () => void } {
  let onAbort = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error("it was given up"));
    signal.addEventListener("abort", onAbort);
  });
  return { promise, done: () => signal.removeEventListener("abort", onAbort) };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type CatFileAnswer, CatFileParser } from "./cat-file-parser.ts";

interface Waiting {
  resolve(answer: CatFileAnswer): void;
  reject(error: Error): void;
}

/**
 * Reads objects by id out of an object store, through one `git cat-file --batch` that stays: an object costs a line
 * written and its bytes read, not a process. This one command bypasses simple-git, which closes a command's input and
 * decodes its output (docs/decisions/0002-git-objects-read-in-place.md).
 */
export class GitObjects {
  readonly #gitFolder: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  #waiting: Waiting[] = [];

  constructor(gitFolder: string, environment: Record<string, string>) {
    this.#gitFolder = gitFolder;
    this.#environment = environment;
  }

  /** The object's content. Rejects when it is not there, is of another type, or git has died. */
  async read(id: string, type: "blob" | "commit"): Promise<Uint8Array> {
    const answer = await this.#ask(id);
    if (answer.kind === "missing") throw new Error(`object ${id} is no longer in the object store`);
    if (answer.type !== type) throw new Error(`object ${id} is a ${answer.type}, not a ${type}`);
    return answer.content;
  }

  /** The id of the commit that a ref, a tag or an id stands for; undefined when it stands for none. */
  async commitOf(name: string): Promise<string | undefined> {
    const answer = await this.#ask(`${name}^{commit}`);
    return answer.kind === "object" ? answer.id : undefined;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = once(child, "close");
    child.stdin!.end();
    await ended;
  }

  #ask(name: string): Promise<CatFileAnswer> {
    this.#child ??= this.#spawn();
    const { stdin } = this.#child;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      stdin!.write(`${name}\n`);
    });
  }

  #spawn(): ChildProcess {
    const child = spawn("git", ["--git-dir", this.#gitFolder, "cat-file", "--batch"], {
      env: this.#environment,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const parser = new CatFileParser();
    child.stdout.on("data", (chunk: Uint8Array) => {
      for (const answer of parser.feed(chunk)) this.#waiting.shift()?.resolve(answer);
    });
    const end = (): void => {
      if (this.#child === child) this.#child = undefined;
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error("git cat-file has ended"));
    };
    child.on("close", end).on("error", end);
    // A write to a process that has just ended; `end` tells those who wait.
    child.stdin.on("error", end);
    return child;
  }
}

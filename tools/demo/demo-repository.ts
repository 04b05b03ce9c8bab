import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository in a temporary folder, to which files of an example are committed a few at a time. */
export class DemoRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "netloom-quickstart-"));
  readonly #example: string;
  readonly #changed = new Set<string>();

  constructor(example: string) {
    this.#example = example;
    this.#git("init", "--quiet", "--initial-branch=main");
  }

  /** Commits these files as the example has them, or as they were changed; the commit's abbreviated id. */
  commit(message: string, files: readonly string[]): string {
    for (const file of files) {
      if (this.#changed.has(file)) continue;
      mkdirSync(join(this.folder, dirname(file)), { recursive: true });
      cpSync(join(this.#example, file), join(this.folder, file));
    }
    this.#git("add", "--all");
    const author = ["-c", "user.name=Quick Start", "-c", "user.email=quickstart@netloom.dev"];
    this.#git(...author, "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", message);
    return this.#git("rev-parse", "--short", "HEAD").trim();
  }

  change(file: string, edit: (text: string) => string): void {
    const path = join(this.folder, file);
    writeFileSync(path, edit(readFileSync(path, "utf8")));
    this.#changed.add(file);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #git(...words: string[]): string {
    return execFileSync("git", ["-C", this.folder, ...words], { encoding: "utf8" });
  }
}

import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import type { ObjectDetail, UnitDetail } from "../../controller/mod.ts";
import { commandInLab, findLab, pathInLab, runFolder } from "../../lab/mod.ts";
import { folderWith, type Ran, run, Started } from "./started.ts";

/** A git repository, and a lab that follows it. */
export class LabRepository {
  readonly lab: Started;
  readonly #folder: string;

  /** Starts the lab and waits until it has converged. */
  static async start(files: Record<string, string>): Promise<LabRepository> {
    const repository = new LabRepository(files);
    await repository.lab.says("  converged");
    return repository;
  }

  private constructor(files: Record<string, string>) {
    this.#folder = folderWith(files);
    this.#git("init", "--quiet", "--initial-branch=main");
    this.commit("Begin", {});
    this.lab = new Started(["lab", `${this.#folder}#main`]);
  }

  /** Writes these files, removes those that are undefined, and commits. */
  commit(message: string, files: Record<string, string | undefined>): void {
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) rmSync(`${this.#folder}/${name}`);
      else writeFileSync(`${this.#folder}/${name}`, content);
    }
    this.#git("add", "--all");
    this.#git("commit", "--quiet", "--allow-empty", "--message", message);
  }

  /** The program and its arguments that run a command on a host, as a process of the lab. */
  on(host: string, ...words: string[]): [string, ...string[]] {
    return commandInLab(findLab(), host, words);
  }

  /** Runs a command on a host to its end, and answers what it printed. */
  runOn(host: string, ...words: string[]): string {
    const [program, ...rest] = this.on(host, ...words);
    return spawnSync(program, rest, { encoding: "utf8", timeout: 60_000 }).stdout;
  }

  /** Asks the controller of the lab. */
  ask(...words: string[]): Ran {
    return run(...words, "--server", pathInLab(findLab(), runFolder.api));
  }

  /** What is told of an object's units, those whose ids end so; undefined those that are not there. */
  unitsOf(target: string, ends: readonly string[]): (UnitDetail | undefined)[] {
    const { stdout } = this.ask("describe", target, "--output", "json");
    if (stdout === "") return ends.map(() => undefined);
    const { units } = JSON.parse(stdout) as ObjectDetail;
    return ends.map((end) => units.find(({ unit }) => unit?.endsWith(`/${end}`)));
  }

  #git(...words: string[]): void {
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    execFileSync("git", ["-C", this.#folder, ...who, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  }
}

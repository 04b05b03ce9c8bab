/**
 * What a source costs with 10,000 files: taking all in, contents read, and one changed file from the commit (or the
 * write) to the delivered snapshot. Baseline for git: the git command line doing the same into a work tree, cloning one
 * commit deep, or fetching and resetting. Baseline for a directory: `sha256sum` of
 * all files, and `git status`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openSource, type Source } from "../controller/mod.ts";
import { isAsked } from "./asked.ts";
import { print } from "./figure.ts";
import { median } from "./median.ts";

const files = 10_000;
const rounds = 9;
const root = mkdtempSync(join(tmpdir(), "netloom-bench-source-"));
const repository = join(root, "repository");

try {
  makeRepository();
  if (isAsked("source.git")) await benchGit();
  if (isAsked("source.directory")) await benchDirectory();
} finally {
  rmSync(root, { recursive: true });
}

async function benchGit(): Promise<void> {
  const clone = join(root, "clone");
  const cloned = await timed(async () => {
    git(root, "clone", "--quiet", "--depth=1", `file://${repository}`, clone);
  });
  const source = openSource(`${repository}#main`, { folder: join(root, "store"), pollIntervalMs: 3_600_000 });
  print({
    bench: "source.git.cold",
    value: await timed(() => readAll(source)),
    unit: "ms",
    baseline: cloned,
  });
  const pulls: number[] = [];
  const changes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const delivered = nextSnapshot(source);
    change(round);
    git(repository, "commit", "--quiet", "--all", "--message=change");
    const committed = performance.now();
    changes.push((await delivered) - committed);
    pulls.push(
      await timed(async () => {
        git(clone, "fetch", "--quiet", "--depth=1", "origin", "main");
        git(clone, "reset", "--quiet", "--hard", "FETCH_HEAD");
      }),
    );
  }
  print({ bench: "source.git.change", value: median(changes), unit: "ms", baseline: median(pulls) });
  await source.close();
}

async function benchDirectory(): Promise<void> {
  const source = openSource(repository, { pollIntervalMs: 3_600_000 });
  const summed = await timed(async () => {
    execFileSync("sh", ["-c", "find . -name .git -prune -o -type f -print0 | xargs -0 sha256sum"], {
      cwd: repository,
      stdio: ["ignore", "ignore", "inherit"],
    });
  });
  print({
    bench: "source.directory.cold",
    value: await timed(() => readAll(source)),
    unit: "ms",
    baseline: summed,
  });
  const changes: number[] = [];
  const statuses: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const delivered = nextSnapshot(source);
    change(rounds + round);
    const written = performance.now();
    changes.push((await delivered) - written);
    statuses.push(statusMs());
  }
  print({ bench: "source.directory.change", value: median(changes), unit: "ms", baseline: median(statuses) });
  await source.close();
}

function makeRepository(): void {
  for (let index = 0; index < files; index++) {
    const path = join(repository, `team-${index % 100}`, `object-${index}.yaml`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `kind: Rule\nmetadata: {name: o${index}}\nspec:\n${"  field: value\n".repeat(16)}`);
  }
  git(repository, "init", "--quiet", "--initial-branch=main");
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message=all");
  git(repository, "repack", "-a", "-d", "--quiet");
}

function change(round: number): void {
  writeFileSync(join(repository, "team-7", "object-7.yaml"), `kind: Rule\nround: ${round}\n`);
}

async function readAll(source: Source): Promise<void> {
  await source.start();
  if (source.latest?.files.size !== files) throw new Error(JSON.stringify(source.problems));
  await Promise.all([...source.latest.files.values()].map((file) => file.read()));
}

/** When the next snapshot was delivered. */
function nextSnapshot(source: Source): Promise<number> {
  return new Promise((resolve) => {
    const stop = source.onSnapshot(() => {
      stop();
      resolve(performance.now());
    });
  });
}

function statusMs(): number {
  const started = performance.now();
  git(repository, "status", "--porcelain");
  return performance.now() - started;
}

function git(folder: string, ...args: string[]): void {
  const identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.net", "-c", "gc.auto=0"];
  execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

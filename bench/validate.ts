/**
 * `netloom validate` as its users start it: a process, from its start to its exit status, over generated objects, one a
 * file and all in one file. Baseline, in the same run: one thread, the `yaml` package with positions, the same schemas,
 * no checks of meaning. `validate.start` is one object in one file; its baseline is Node.js with nothing to do.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import * as validators from "../schemas/generated/validators.ts";
import { fleetArtifacts, fleetYaml } from "./validate/fleet-yaml.ts";

const command = join(import.meta.dirname, "../cli/main.js");
const baselineObjects = 1_000;
const startRuns = 9;

const root = mkdtempSync(join(tmpdir(), "netloom-bench-validate-"));
try {
  const baseline = yamlObjectsPerSecond(fleetYaml(baselineObjects));
  for (const count of [1_000, 10_000, 50_000]) {
    if (!isAsked(`validate.${count}`)) continue;
    const objects = fleetYaml(count);
    const inFiles = write(
      `files-${count}`,
      objects.map((text, index) => [fileOf(index), text]),
    );
    const inOne = write(`one-${count}`, [["fleet.yaml", objects.join("---\n")]]);
    print(`validate.${count}`, count / validateSeconds(inFiles), "objects/s", baseline);
    print(`validate.${count}.multidocument`, count / validateSeconds(inOne), "objects/s", baseline);
  }
  if (isAsked("validate.start")) {
    const one = write("start", [["host.yaml", fleetYaml(1)[0] as string]]);
    const nothing = median(() => seconds(["-e", "0"])) * 1000;
    print("validate.start", median(() => validateSeconds(join(one, "host.yaml"))) * 1000, "ms", nothing);
  }
} finally {
  rmSync(root, { recursive: true });
}

/** The argument is "validate" or one figure's name. */
function isAsked(figure: string): boolean {
  const asked = process.argv[2] ?? "validate";
  return asked === "validate" || asked.startsWith(figure);
}

function fileOf(index: number): string {
  return `team-${Math.floor(index / 500)}/object-${index}.yaml`;
}

function write(name: string, files: [path: string, text: string][]): string {
  const folder = join(root, name);
  for (const [path, text] of [...files, ...Object.entries(fleetArtifacts)]) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

function validateSeconds(path: string): number {
  return seconds([command, "validate", path]);
}

function seconds(args: string[]): number {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0)
    throw new Error(`node ${args.join(" ")} ended with ${status}: ${stdout.slice(0, 2000)}${stderr}`);
  return (performance.now() - started) / 1000;
}

function median(measure: () => number): number {
  const values = Array.from({ length: startRuns }, measure).sort((a, b) => a - b);
  return values[Math.floor(startRuns / 2)] as number;
}

function yamlObjectsPerSecond(objects: readonly string[]): number {
  const byKind = validators as unknown as Record<string, (value: unknown) => boolean>;
  const started = performance.now();
  for (const text of objects) {
    const value = parseDocument(text, { lineCounter: new LineCounter() }).toJS() as { kind: string };
    if (byKind[value.kind]?.(value) !== true) throw new Error(`a generated ${value.kind} is not valid`);
  }
  return objects.length / ((performance.now() - started) / 1000);
}

function print(bench: string, value: number, unit: string, baseline: number): void {
  const rounded = (number: number): number => Number(number.toPrecision(4));
  const line = {
    bench,
    value: rounded(value),
    unit,
    baseline: rounded(baseline),
    ratio: rounded(value / baseline),
  };
  console.log(JSON.stringify(line));
}

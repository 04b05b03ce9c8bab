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
import { isAsked } from "./asked.ts";
import { print } from "./figure.ts";
import { median } from "./median.ts";
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
    const rate = (path: string): number => count / validateSeconds(path);
    print({ bench: `validate.${count}`, value: rate(inFiles), unit: "objects/s", baseline });
    print({ bench: `validate.${count}.multidocument`, value: rate(inOne), unit: "objects/s", baseline });
  }
  if (isAsked("validate.start")) {
    const one = write("start", [["host.yaml", fleetYaml(1)[0] as string]]);
    const medianMs = (run: () => number): number => 1_000 * median(Array.from({ length: startRuns }, run));
    const nothing = medianMs(() => seconds(["-e", "0"]));
    const value = medianMs(() => validateSeconds(join(one, "host.yaml")));
    print({ bench: "validate.start", value, unit: "ms", baseline: nothing });
  }
} finally {
  rmSync(root, { recursive: true });
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

function yamlObjectsPerSecond(objects: readonly string[]): number {
  const byKind = validators as unknown as Record<string, (value: unknown) => boolean>;
  const started = performance.now();
  for (const text of objects) {
    const value = parseDocument(text, { lineCounter: new LineCounter() }).toJS() as { kind: string };
    if (byKind[value.kind]?.(value) !== true) throw new Error(`a generated ${value.kind} is not valid`);
  }
  return objects.length / ((performance.now() - started) / 1000);
}

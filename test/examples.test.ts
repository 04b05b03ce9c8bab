import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildModule } from "../modules/mod.ts";
import { formatProblem, isYamlFile, kindNames, parseRepository, type Snapshot } from "../schemas/mod.ts";

const root = resolve(import.meta.dirname, "../..");
const examples = resolve(root, "examples");

function markdownFiles(): string[] {
  const pages = readdirSync(resolve(root, "docs"), { recursive: true, encoding: "utf8" });
  const found = pages.filter((file) => file.endsWith(".md")).map((file) => resolve(root, "docs", file));
  const readme = resolve(root, "README.md");
  return existsSync(readme) ? [...found, readme] : found;
}

/** Every fenced block of YAML that is an object of ours, or of none. */
function yamlBlocks(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const blocks = [...text.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map(([, block]) => block as string);
  return blocks.filter((block) => block.includes("apiVersion: netloom.dev/"));
}

function snapshotOf(texts: string[]): Snapshot {
  const files = texts.map((text, index) => {
    const bytes = Buffer.from(text);
    const path = `block-${index + 1}.yaml`;
    return [path, { path, bytes: bytes.length, version: path, read: async () => bytes }] as const;
  });
  return { revision: "", files: new Map(files) };
}

test("every directory of examples is a valid source", () => {
  for (const entry of readdirSync(examples, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const command = [resolve(root, "dist/cli/main.js"), "validate", join(examples, entry.name)];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    assert.is(status, 0, `${entry.name}: ${stdout}${stderr}`);
  }
});

test("examples/kinds has every kind, and each kind's page shows what is there", async () => {
  const folder = join(examples, "kinds");
  const texts = readdirSync(folder)
    .filter(isYamlFile)
    .map((file) => readFileSync(join(folder, file), "utf8"));
  const { objects } = await parseRepository(snapshotOf(texts));
  assert.equal([...new Set(objects.map(({ object }) => object.kind))].sort(), kindNames);
  const versions = new Set(objects.map(({ version }) => version));
  const pages = markdownFiles().filter((file) => file.includes("/docs/kinds/"));
  for (const page of pages) {
    const shown = await parseRepository(snapshotOf(yamlBlocks(page)));
    for (const { ref, version } of shown.objects) {
      assert.ok(versions.has(version), `${relative(root, page)}: ${ref} is not as in examples/kinds`);
    }
  }
  assert.is(pages.length, kindNames.length + 1);
});

test("every object shown in the documentation is valid by itself", async () => {
  let shown = 0;
  for (const file of markdownFiles()) {
    const { objects, problems } = await parseRepository(snapshotOf(yamlBlocks(file)));
    assert.equal(problems.map(formatProblem), [], relative(root, file));
    shown += objects.length;
  }
  assert.ok(shown >= kindNames.length);
});

test("the module of the customization example is what its text says", async () => {
  const file = join(examples, "kinds/modules/count-messages");
  const build = await buildModule(`${file}.ts`);
  if (build.kind === "failed") throw new Error(build.problem.message);
  assert.is(
    Buffer.compare(build.wasm, readFileSync(`${file}.wasm`)),
    0,
    "examples/kinds: rebuild count-messages.wasm",
  );
});

test.run();

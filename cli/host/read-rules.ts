import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { standardModule } from "../../modules/mod.ts";
import { fail } from "../../schemas/mod.ts";

/** A rule as it is sent: its object of the JSON file, and its program. */
export interface RuleToSend {
  rule: Record<string, Record<string, unknown>>;
  module: Uint8Array;
}

/**
 * Reads rules from a JSON file after sloth-sleep-proxy §3.5, in which each rule also names its program: `module` (a file,
 * relative to the JSON file) or `standard` (one of netloom's own). A folder stands for the `rules.json` in it. What else is
 * in a rule is for the proxy to judge. Throws `host.rules-unreadable`.
 */
export async function readRules(path: string): Promise<RuleToSend[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error: Error) => unreadable(path, error.message),
  );
  const file = isFolder ? join(path, "rules.json") : path;
  const rules: unknown = parse(file, await read(file));
  if (!Array.isArray(rules)) return unreadable(file, "it should be a list of rules");
  return Promise.all(
    rules.map((rule: unknown, index) => readRule(rule, `rule ${index} of ${file}`, dirname(file))),
  );
}

async function readRule(rule: unknown, where: string, folder: string): Promise<RuleToSend> {
  const [layer, values] = Object.entries(isObject(rule) ? rule : {})[0] ?? [];
  if (layer === undefined || !isObject(values))
    return unreadable(where, "it should have its layer as the key");
  const { module, standard, ...rest } = values;
  return { rule: { [layer]: rest }, module: await readModule({ module, standard }, where, folder) };
}

async function readModule(
  { module, standard }: { module: unknown; standard: unknown },
  where: string,
  folder: string,
): Promise<Uint8Array> {
  if (typeof module === "string" && standard === undefined) return read(join(folder, module));
  if (typeof standard === "string" && module === undefined) {
    return standardModule(standard) ?? unreadable(where, `there is no standard rule "${standard}"`);
  }
  return unreadable(where, 'it should have either "module", a file, or "standard", a name');
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: Error) => unreadable(file, error.message));
}

function parse(file: string, content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString());
  } catch (error) {
    return unreadable(file, (error as Error).message);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(what: string, reason: string): never {
  return fail("host.rules-unreadable", { what, reason });
}

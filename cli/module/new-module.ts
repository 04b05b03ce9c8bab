import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { moduleTemplate } from "../../modules/mod.ts";
import { fail } from "../../schemas/mod.ts";
import type { NewOptions } from "../module.ts";

/** Writes a module's source and says what comes next. Returns the exit status. */
export async function newModule(name: string, { lang, kind, directory }: NewOptions): Promise<number> {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) fail("module.name-invalid", { name });
  const { ending, source } = moduleTemplate(kind, lang);
  const file = join(directory, name + ending);
  if (existsSync(file)) fail("module.source-exists", { file });
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, source, { flag: "wx" });
  const built = join(directory, `${name}.wasm`);
  process.stdout.write(
    `Wrote ${file}. Next:\n  netloom module build ${file}\n  netloom module test ${built} ${kind === "rule" ? "CAPTURE.pcap" : "FILE"}\n`,
  );
  return 0;
}

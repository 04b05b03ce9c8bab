import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildModule } from "../../modules/mod.ts";

/** Builds a rule from its source, in a folder of its own that is gone afterwards. */
export async function buildText(source: string, ending: "ts" | "c"): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "rule-"));
  try {
    const file = join(folder, `rule.${ending}`);
    writeFileSync(file, source);
    const build = await buildModule(file);
    if (build.kind === "failed") throw new Error(build.problem.message);
    return build.wasm;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

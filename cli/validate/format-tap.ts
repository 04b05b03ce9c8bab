import { testCases } from "./test-cases.ts";
import type { Validation } from "./validation.ts";

/** TAP version 14: a test point for each object, its problems as a YAML block below. */
export function formatTap(validation: Validation): string {
  const cases = testCases(validation);
  const lines = ["TAP version 14", `1..${cases.length}`];
  for (const [index, { name, file, problems }] of cases.entries()) {
    const description = `${name} in ${file}`.replace(/[\\#]/g, "\\$&").replaceAll("\n", " ");
    lines.push(`${problems.length > 0 ? "not ok" : "ok"} ${index + 1} - ${description}`);
    if (problems.length === 0) continue;
    lines.push("  ---", "  problems:");
    for (const { code, message, position, suggestion } of problems) {
      lines.push(`    - code: ${code}`, `      message: ${JSON.stringify(message)}`);
      if (suggestion !== undefined) lines.push(`      suggestion: ${JSON.stringify(suggestion)}`);
      if (position === undefined) continue;
      lines.push(
        `      at: {file: ${JSON.stringify(position.file)}, line: ${position.line}, column: ${position.column}}`,
      );
    }
    lines.push("  ...");
  }
  return `${lines.join("\n")}\n`;
}

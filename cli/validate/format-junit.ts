import type { Problem } from "../../schemas/mod.ts";
import { testCases } from "./test-cases.ts";
import type { Validation } from "./validation.ts";

/** JUnit's XML as CI servers read it: a suite for each file, a case for each object. */
export function formatJunit(validation: Validation): string {
  const suites = new Map<string, string[]>();
  let failures = 0;
  const failuresBySuite = new Map<string, number>();
  const cases = testCases(validation);
  for (const { name, file, problems } of cases) {
    const lines = suites.get(file) ?? [];
    suites.set(file, lines);
    const attributes = `name=${attribute(name)} classname=${attribute(file)} file=${attribute(file)}`;
    if (problems.length === 0) lines.push(`    <testcase ${attributes}/>`);
    else lines.push(`    <testcase ${attributes}>`, failure(problems), "    </testcase>");
    if (problems.length > 0) {
      failures += 1;
      failuresBySuite.set(file, (failuresBySuite.get(file) ?? 0) + 1);
    }
  }
  const counts = new Map<string, number>();
  for (const { file } of cases) counts.set(file, (counts.get(file) ?? 0) + 1);
  const body = [...suites].map(([file, lines]) => {
    const numbers = `tests="${counts.get(file)}" failures="${failuresBySuite.get(file) ?? 0}" errors="0" skipped="0"`;
    return `  <testsuite name=${attribute(file)} ${numbers}>\n${lines.join("\n")}\n  </testsuite>`;
  });
  const head = `<testsuites name="netloom validate" tests="${cases.length}" failures="${failures}" errors="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...body].join("\n")}\n</testsuites>\n`;
}

/** One failure a case, as JUnit has it: the first problem is its message, all of them its text. */
function failure(problems: readonly Problem[]): string {
  const [first] = problems as [Problem];
  const text = problems.map(({ position, message, suggestion }) => {
    const at = position ? `${position.file}:${position.line}:${position.column}: ` : "";
    return `${at}${message}${suggestion ? ` (${suggestion})` : ""}`;
  });
  return `      <failure type=${attribute(first.code)} message=${attribute(first.message)}>${escaped(text.join("\n"))}</failure>`;
}

function attribute(text: string): string {
  return `"${escaped(text).replaceAll("\n", "&#10;")}"`;
}

/** XML 1.0 has no way to write most control characters. */
function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/(?![\n\t])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd");
}

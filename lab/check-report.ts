import type { CheckResult } from "./run-check.ts";

/** One result as TAP has it (Test Anything Protocol 14): a line, and for a failure what was seen, as YAML. */
export function tapResult(result: CheckResult, place: number): string {
  const line = `${result.passed ? "ok" : "not ok"} ${place} - ${titleOf(result)} # ${result.ms} ms`;
  if (result.passed) return line;
  const { reasons, attempts, last } = result;
  const seen: [string, unknown][] = [
    ["reasons", reasons],
    ["attempts", attempts],
    ...(last ? Object.entries(last) : []),
  ];
  const yaml = seen.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
  return [line, "  ---", ...yaml, "  ..."].join("\n");
}

export function tapHead(count: number): string {
  return `TAP version 14\n1..${count}`;
}

/** The results as the JUnit reporters of CI systems read them. */
export function junitReport(results: readonly CheckResult[]): string {
  const failed = results.filter((result) => !result.passed).length;
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const total = seconds(results.reduce((sum, { ms }) => sum + ms, 0));
  const cases = results.map((result) => {
    const open = `    <testcase classname="${xml(result.host)}" name="${xml(titleOf(result))}" time="${seconds(result.ms)}"`;
    if (result.passed) return `${open}/>`;
    const { reasons, last } = result;
    const output = last ? `\nstdout: ${last.stdout}\nstderr: ${last.stderr}` : "";
    return `${open}>\n      <failure message="${xml(reasons.join("; "))}">${xml(reasons.join("\n") + output)}</failure>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="netloom lab" tests="${results.length}" failures="${failed}" time="${total}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function titleOf({ name, namespace }: CheckResult): string {
  return namespace === "default" ? name : `${namespace}/${name}`;
}

/** Escapes what XML marks up, and leaves out what it has no way to write (XML 1.0 §2.2). */
function xml(text: string): string {
  const named: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML cannot hold.
      .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "")
      .replace(/[&<>"]/g, (character) => named[character] as string)
  );
}

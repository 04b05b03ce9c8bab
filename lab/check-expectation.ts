import type { Check, CheckText } from "../schemas/mod.ts";

/** What a check's command did. */
export interface CommandResult {
  /** Exit code, or why there is none: "SIGKILL", "not found". */
  exit: number | string;
  stdout: string;
  stderr: string;
}

/** What keeps a result from being as expected, a sentence each; empty when it is. */
export function unmetBy(result: CommandResult, { exit, stdout, stderr }: Check["spec"]["expect"]): string[] {
  return [
    ...(result.exit === exit ? [] : [`exit code is ${result.exit}; it should be ${exit}`]),
    ...unmetText("stdout", result.stdout, stdout),
    ...unmetText("stderr", result.stderr, stderr),
  ];
}

function unmetText(what: string, text: string, expected: CheckText = {}): string[] {
  const { equals, contains, matches, lacks } = expected;
  const unmet: string[] = [];
  if (equals !== undefined && text !== equals)
    unmet.push(`${what} is ${quote(text)}; it should be ${quote(equals)}`);
  if (contains !== undefined && !text.includes(contains)) {
    unmet.push(`${what} is ${quote(text)}; it should contain ${quote(contains)}`);
  }
  if (matches !== undefined && !new RegExp(matches, "m").test(text)) {
    unmet.push(`${what} is ${quote(text)}; it should match /${matches}/m`);
  }
  if (lacks !== undefined && text.includes(lacks)) {
    unmet.push(`${what} is ${quote(text)}; it should not contain ${quote(lacks)}`);
  }
  return unmet;
}

/** Enough of a text to see what it is; the whole of it is in the result. */
function quote(text: string): string {
  const shownMax = 200;
  return JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
}

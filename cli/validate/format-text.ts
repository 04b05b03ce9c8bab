import type { Validation } from "./validation.ts";

/** For people: a problem a line, what may have been meant below it, and a summary. */
export function formatText(validation: Validation, { colour }: { colour: boolean }): string {
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const found of validation.problems) {
    const at = found.position;
    const place = at === undefined ? "" : `${at.file}:${at.line}:${at.column}: `;
    const who = found.object === undefined ? "" : `${found.object}: `;
    const message = printable(`${who}${found.message}`);
    lines.push(`${paint(1, printable(place))}${message} ${paint(2, `[${found.code}]`)}`);
    if (found.suggestion !== undefined) lines.push(`    ${paint(36, printable(found.suggestion))}`);
  }
  if (lines.length > 0) lines.push("");
  lines.push(paint(validation.problems.length > 0 ? 31 : 32, summary(validation)));
  return `${lines.join("\n")}\n`;
}

/** "12 objects in 3 files: 2 problems in 1 object". */
export function summary({ objects, files, problems }: Validation): string {
  const all = `${counted(objects.length, "object")} in ${counted(files, "file")}`;
  if (problems.length === 0) return `${all}: valid`;
  const bad = new Set(problems.flatMap(({ object }) => object ?? []));
  const where = bad.size > 0 ? ` in ${counted(bad.size, "object")}` : "";
  return `${all}: ${counted(problems.length, "problem")}${where}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Control characters that a file may hold must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}

import { summary } from "./format-text.ts";
import type { Validation } from "./validation.ts";

/** Workflow commands of GitHub Actions, which shows each problem beside its line. */
export function formatGithub(validation: Validation): string {
  const lines = validation.problems.map(({ position, code, object, message, suggestion }) => {
    const properties = [`title=${property(object === undefined ? code : `${object}: ${code}`)}`];
    if (position !== undefined) {
      const { file, line, column } = position;
      properties.unshift(`file=${property(file)}`, `line=${line}`, `col=${column}`);
    }
    return `::error ${properties.join(",")}::${data(suggestion ? `${message} (${suggestion})` : message)}`;
  });
  return `${[...lines, summary(validation)].join("\n")}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

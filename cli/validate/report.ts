import { formatGithub } from "./format-github.ts";
import { formatJson } from "./format-json.ts";
import { formatJunit } from "./format-junit.ts";
import { formatSarif } from "./format-sarif.ts";
import { formatTap } from "./format-tap.ts";
import { formatText } from "./format-text.ts";
import type { reportFormats } from "./report-formats.ts";
import type { Validation } from "./validation.ts";

type Formatter = (validation: Validation, options: { colour: boolean }) => string;

const formatters: Record<(typeof reportFormats)[number], Formatter> = {
  text: formatText,
  json: formatJson,
  github: formatGithub,
  sarif: formatSarif,
  junit: formatJunit,
  tap: formatTap,
};

/** The whole report, ending in a newline. */
export function format(
  name: (typeof reportFormats)[number],
  validation: Validation,
  options: { colour: boolean },
): string {
  return formatters[name](validation, options);
}

import type { reportFormats } from "./report-formats.ts";
import type { Validation } from "./validation.ts";

type Format = (typeof reportFormats)[number];
type Formatter = (validation: Validation, options: { colour: boolean }) => string;

/** Each format's code is loaded only when it is asked for. */
const formatters: Record<Format, () => Promise<Formatter>> = {
  text: async () => (await import("./format-text.ts")).formatText,
  json: async () => (await import("./format-json.ts")).formatJson,
  github: async () => (await import("./format-github.ts")).formatGithub,
  sarif: async () => (await import("./format-sarif.ts")).formatSarif,
  junit: async () => (await import("./format-junit.ts")).formatJunit,
  tap: async () => (await import("./format-tap.ts")).formatTap,
};

/** The whole report, ending in a newline. */
export async function report(
  format: Format,
  validation: Validation,
  options: { colour: boolean },
): Promise<string> {
  return (await formatters[format]())(validation, options);
}

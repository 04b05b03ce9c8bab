import type { Validation } from "./validation.ts";

/** For programs: `{ valid, files, objects: [{ref, file}], problems: [Problem] }`. */
export function formatJson(validation: Validation): string {
  const valid = validation.problems.length === 0;
  return `${JSON.stringify({ valid, ...validation }, null, 2)}\n`;
}

import type { Problem } from "../../schemas/mod.ts";
import type { Validation } from "./validation.ts";

/** An object, or a file where a problem can be told of no object, as a test that passed or failed. */
export interface TestCase {
  name: string;
  file: string;
  problems: Problem[];
}

/** One for each object in order, then one for each file that has problems of its own. */
export function testCases({ objects, problems }: Validation): TestCase[] {
  const cases = new Map<string, TestCase>();
  for (const { ref, file } of objects) cases.set(`${file} ${ref}`, { name: ref, file, problems: [] });
  for (const found of problems) {
    const file = found.position?.file ?? "";
    const name = found.object ?? "readable";
    const key = `${file} ${name}`;
    const known = cases.get(key) ?? { name, file, problems: [] };
    cases.set(key, known);
    known.problems.push(found);
  }
  return [...cases.values()];
}

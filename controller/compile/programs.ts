import type { NetloomObject } from "../../schemas/mod.ts";
import type { ProgramReference } from "./placement.ts";
import { compileObject } from "./registry.ts";

/** How a program is called in `ObjectInForce.programs`. */
export const programKey = (reference: ProgramReference): string =>
  "file" in reference ? reference.file : `standard:${reference.standard}`;

/** The programs an object names: those that its compiler asks for, which it does before it looks for hosts. */
export function programsOf(object: NetloomObject): ProgramReference[] {
  const asked: ProgramReference[] = [];
  compileObject(object, {
    select: () => [],
    artifact: (name, reference) => {
      asked.push(reference);
      return { name, digest: "", bytes: 0 };
    },
    instance: () => ({ name: "instance", digest: "", bytes: 0, private: true }),
  });
  return asked;
}

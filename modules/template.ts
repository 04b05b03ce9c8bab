import { readFileSync } from "node:fs";

export const moduleLanguages = ["assemblyscript", "c"] as const;
export type ModuleLanguage = (typeof moduleLanguages)[number];
export const moduleKinds = ["rule", "stream-rule", "customization"] as const;
export type ModuleKind = (typeof moduleKinds)[number];

const template = new URL("../../modules/sdk/template/", import.meta.url);

/** The source of a module to start from, and the ending of its file's name. */
export function moduleTemplate(
  kind: ModuleKind,
  language: ModuleLanguage,
): { ending: string; source: string } {
  const ending = language === "c" ? ".c" : ".ts";
  return { ending, source: readFileSync(new URL(`${kind}${ending}`, template), "utf8") };
}

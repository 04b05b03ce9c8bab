import { readFileSync } from "node:fs";

export const ruleLanguages = ["assemblyscript", "c"] as const;
export type RuleLanguage = (typeof ruleLanguages)[number];

const template = new URL("../../modules/sdk/template/", import.meta.url);

/** The source of a rule to start from, and the ending of its file's name. */
export function ruleTemplate(language: RuleLanguage): { ending: string; source: string } {
  const ending = language === "c" ? ".c" : ".ts";
  return { ending, source: readFileSync(new URL(`rule${ending}`, template), "utf8") };
}

/** How people may call a kind: its name, its plural, its short name, in any case. In step with `schemas/kinds/` (tested). */
const names: Record<string, readonly string[]> = {
  Host: ["hosts", "nlh"],
  Rule: ["rules", "nlr"],
  Tunnel: ["tunnels", "nlt"],
  MonitoringFunction: ["monitoringfunctions", "nlmf"],
  Customization: ["customizations", "nlc"],
  CustomizationRotation: ["customizationrotations", "nlcr"],
};

export const objectKinds: readonly string[] = Object.keys(names);

/** What can stand for a kind on the command line. */
export const kindWords: readonly string[] = Object.entries(names).flatMap(([kind, [plural = ""]]) => [
  kind.toLowerCase(),
  plural,
]);

/** The kind that a word stands for; undefined when there is none. */
export function kindOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return objectKinds.find((kind) => kind.toLowerCase() === lower || names[kind]?.includes(lower));
}

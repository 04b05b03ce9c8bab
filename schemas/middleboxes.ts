/**
 * The types of middleboxes that plug-ins can be delivered to, a line each: what its files end in. Where the files belong on a
 * host, the daemon knows (`daemon/inverse/plugin-places.ts`).
 */
export const middleboxes = {
  wireshark: { ending: ".lua" },
} as const satisfies Record<string, { ending: string }>;

export type MiddleboxType = keyof typeof middleboxes;

export const middleboxTypes = Object.keys(middleboxes) as MiddleboxType[];

export function isMiddleboxType(name: string): name is MiddleboxType {
  return Object.hasOwn(middleboxes, name);
}

/** How a plug-in that Netloom ships is called among standard programs: "wireshark/dns-tag-front.lua". */
export const standardPlugin = (type: string, name: string): string =>
  `${type}/${name}${isMiddleboxType(type) ? middleboxes[type].ending : ""}`;

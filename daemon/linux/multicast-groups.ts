import { readFileSync } from "node:fs";

/** A multicast group that an interface is a member of. */
export interface MulticastGroup {
  /** Dotted quad. */
  group: string;
  /** How many sockets joined it. */
  users: number;
  /** How many of those want, or do not want, a source. */
  sources: { source: string; included: number; excluded: number }[];
}

/** The IPv4 groups of an interface of this process's network namespace (proc(5): `/proc/net/igmp`, `/proc/net/mcfilter`). */
export function listMulticastGroups(interfaceIndex: number): MulticastGroup[] {
  const groups = parseGroups(readFileSync("/proc/net/igmp", "utf8"), interfaceIndex);
  return addSources(groups, readFileSync("/proc/net/mcfilter", "utf8"), interfaceIndex);
}

/** Lines "4 eth0 : 2 V3" for interfaces, each before those of its groups: "FB0000E0 1 0:00000000 0", bytes as in memory. */
export function parseGroups(text: string, interfaceIndex: number): MulticastGroup[] {
  const groups: MulticastGroup[] = [];
  let index = -1;
  for (const line of text.split("\n").slice(1)) {
    const group = /^\s+([0-9A-F]{8})\s+(\d+)\s/.exec(line);
    if (!group) index = Number.parseInt(line, 10);
    else if (index === interfaceIndex) {
      const bytes = Buffer.from(group[1] as string, "hex").reverse();
      groups.push({ group: bytes.join("."), users: Number(group[2]), sources: [] });
    }
  }
  return groups;
}

/** Lines "4 eth0 0xe8010101 0x0a000007 1 0": interface, group, source, sockets that include and exclude it. */
export function addSources(
  groups: readonly MulticastGroup[],
  text: string,
  interfaceIndex: number,
): MulticastGroup[] {
  const made = groups.map((group) => ({ ...group, sources: [...group.sources] }));
  for (const line of text.split("\n").slice(1)) {
    const fields = /^\s*(\d+)\s+\S+\s+0x([0-9a-f]{8})\s+0x([0-9a-f]{8})\s+(\d+)\s+(\d+)/.exec(line);
    if (Number(fields?.[1]) !== interfaceIndex) continue;
    const [, , group, source, included, excluded] = fields as RegExpExecArray;
    made
      .find((one) => one.group === dotted(group as string))
      ?.sources.push({
        source: dotted(source as string),
        included: Number(included),
        excluded: Number(excluded),
      });
  }
  return made;
}

const dotted = (hex: string): string => Buffer.from(hex, "hex").join(".");

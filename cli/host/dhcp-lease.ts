import { existsSync, readFileSync } from "node:fs";
import type { Interface } from "../../daemon/linux/mod.ts";

/** A lease of an IPv4 address, as the host's DHCP client keeps it. */
export interface DhcpLease {
  address: string;
  server: string;
  leaseSeconds: number;
  /** Option 61 in hexadecimal, type and all, when the client sends one. */
  clientId?: string;
}

/** Where clients keep leases: systemd-networkd, and dhclient in the two places that Debian has given it. */
export const leaseFiles = (own: Pick<Interface, "name" | "index">) => ({
  networkd: `/run/systemd/netif/leases/${own.index}`,
  dhclient: [`/var/lib/dhcp/dhclient.${own.name}.leases`, "/var/lib/dhcp/dhclient.leases"],
});

/** The lease of an interface; undefined when no client that is known has one, or when it lasts for ever. */
export function readDhcpLease(own: Pick<Interface, "name" | "index">, nowMs: number): DhcpLease | undefined {
  const { networkd, dhclient } = leaseFiles(own);
  if (existsSync(networkd)) return parseNetworkdLease(readFileSync(networkd, "utf8"));
  for (const file of dhclient) {
    const lease = existsSync(file)
      ? parseDhclientLeases(readFileSync(file, "utf8"), own.name, nowMs)
      : undefined;
    if (lease) return lease;
  }
  return undefined;
}

/** NAME=VALUE lines (systemd: src/libsystemd-network/sd-dhcp-lease.c, `dhcp_lease_save`). */
export function parseNetworkdLease(text: string): DhcpLease | undefined {
  const values = new Map(
    [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value as string]),
  );
  const clientId = values.get("CLIENTID");
  return lease({
    address: values.get("ADDRESS"),
    server: values.get("SERVER_ADDRESS"),
    leaseSeconds: parseTimeSpan(values.get("LIFETIME") ?? ""),
    ...(clientId && { clientId }),
  });
}

/** dhclient.leases(5): blocks, of which the last of an interface counts, unless it is over. */
export function parseDhclientLeases(text: string, name: string, nowMs: number): DhcpLease | undefined {
  const blocks = [...text.matchAll(/^lease \{\n([^}]*)\}/gm)].map(([, block]) => block as string);
  const block = blocks.findLast((one) => readValue(one, "interface") === `"${name}"`);
  if (block === undefined || expiryMs(readValue(block, "expire")) <= nowMs) return undefined;
  const clientId = parseOctets(readValue(block, "option dhcp-client-identifier"));
  return lease({
    address: readValue(block, "fixed-address"),
    server: readValue(block, "option dhcp-server-identifier"),
    leaseSeconds: Number(readValue(block, "option dhcp-lease-time")),
    ...(clientId && { clientId }),
  });
}

/** What a client that has no lease, or one for ever, has written is no lease to be renewed. */
function lease(found: {
  address: string | undefined;
  server: string | undefined;
  leaseSeconds: number;
  clientId?: string;
}): DhcpLease | undefined {
  const { address, server, leaseSeconds } = found;
  const ends = Number.isInteger(leaseSeconds) && leaseSeconds > 0 && leaseSeconds < 0xffff_ffff;
  return address && server && ends ? { ...found, address, server } : undefined;
}

const secondsOf: Record<string, number> = {
  ...{ y: 31_557_600, month: 2_629_800, w: 604_800, d: 86_400 },
  ...{ h: 3_600, min: 60, s: 1 },
};

/** "1d 2h 30min 5s" (systemd.time(7)), or seconds; NaN for anything else, "infinity" among it. */
function parseTimeSpan(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  let seconds = text === "" ? Number.NaN : 0;
  for (const part of text.split(" ")) {
    const [, count, unit] = /^(\d+)([a-z]+)$/.exec(part) ?? [];
    seconds += Number(count) * (secondsOf[unit ?? ""] ?? Number.NaN);
  }
  return seconds;
}

function readValue(block: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name} (.*);`, "m").exec(block)?.[1];
}

/** "4 2026/11/21 12:00:00" in UTC, "epoch 1795262400; # …", or "never". */
function expiryMs(text = "never"): number {
  const epoch = /^epoch (\d+)/.exec(text)?.[1];
  if (epoch) return Number(epoch) * 1000;
  const [, date, time] = /^\d (\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  return date ? Date.parse(`${date.replaceAll("/", "-")}T${time}Z`) : Number.POSITIVE_INFINITY;
}

/** "1:2:0:0:0:0:5", in hexadecimal, or a text in quotation marks. */
function parseOctets(text = ""): string | undefined {
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return Buffer.from(quoted).toString("hex");
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(text)) return undefined;
  return text
    .split(":")
    .map((octet) => octet.padStart(2, "0"))
    .join("");
}

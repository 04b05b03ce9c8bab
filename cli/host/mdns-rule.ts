import type { InterfaceAddress } from "../../daemon/linux/mod.ts";
import { standardModule } from "../../modules/mod.ts";
import { addressText, fail, wholePrefix } from "../../schemas/mod.ts";
import type { AvahiService } from "./avahi-services.ts";
import type { RuleToSend } from "./read-rules.ts";

/** What mdns-responder takes. */
const recordsMax = 128;
const groups = ["224.0.0.251/32", "ff02::fb/128"];

/** The rule that answers for the host's name and services; undefined when it has no address to be found at. */
export function mdnsRule(
  own: readonly Pick<InterfaceAddress, "bytes">[],
  { name, services }: { name: string; services: readonly AvahiService[] },
): RuleToSend | undefined {
  const addresses = own.filter(({ bytes }) => !isLinkLocal(bytes)).map(({ bytes }) => addressText(bytes));
  if (addresses.length === 0) return undefined;
  const host = `${escaped(name)}.local`;
  const records = [
    ...addresses.map((data) => ({ name: host, type: data.includes(":") ? "AAAA" : "A", data })),
    ...unique(services.flatMap((service) => recordsOf(service, host))),
  ];
  if (records.length > recordsMax) {
    const reason = `there are ${records.length} records; at most ${recordsMax} can be answered for`;
    fail("host.state", { state: "mdns", reason });
  }
  const rule = {
    UDP: {
      addresses: [...addresses.map(wholePrefix), ...groups],
      port: 5353,
      config: { addresses, records },
    },
  };
  return { rule, module: standardModule("mdns-responder") as Uint8Array };
}

/** RFC 6763 §4 to §9. */
function recordsOf({ name, type, subtypes, port, target, text }: AvahiService, host: string): object[] {
  const service = `${type}.local`;
  const instance = `${escaped(name)}.${service}`;
  return [
    { name: "_services._dns-sd._udp.local", type: "PTR", data: service },
    { name: service, type: "PTR", data: instance },
    ...subtypes.map((subtype) => ({ name: `${subtype}.local`, type: "PTR", data: instance })),
    { name: instance, type: "SRV", port, target: target ?? host },
    { name: instance, type: "TXT", text },
  ];
}

/** A dot within a label is none between labels. */
const escaped = (label: string): string => label.replace(/[.\\]/g, "\\$&");

function unique(records: readonly object[]): object[] {
  return [...new Map(records.map((record) => [JSON.stringify(record), record])).values()];
}

/** fe80::/10: others may use it, but the host is not declared with it. */
function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

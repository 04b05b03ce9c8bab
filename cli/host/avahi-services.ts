import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../schemas/mod.ts";

/** A service as avahi announces it. */
export interface AvahiService {
  /** Its instance, as people see it: "Files on nas". */
  name: string;
  /** "_http._tcp" */
  type: string;
  subtypes: string[];
  port: number;
  /** Another host that offers it; absent: this one. */
  target?: string;
  text: string[];
}

const filesMax = 64;

/** What avahi-daemon(8) says of this host; undefined where it is not installed. */
export function readAvahi(
  folder: string,
  hostname: string,
): { name: string; services: AvahiService[] } | undefined {
  if (!existsSync(folder)) return undefined;
  const name = nameOf(join(folder, "avahi-daemon.conf")) ?? (hostname.split(".")[0] as string);
  const services = join(folder, "services");
  const files = existsSync(services) ? readdirSync(services).filter((file) => file.endsWith(".service")) : [];
  if (files.length > filesMax) {
    const reason = `there are ${files.length} files in ${services}; at most ${filesMax} are read`;
    fail("host.state", { state: "mdns", reason });
  }
  const read = (file: string) => parseServiceFile(readFileSync(join(services, file), "utf8"), name, file);
  return { name, services: files.sort().flatMap(read) };
}

/** Its host-name, of avahi-daemon.conf(5). */
function nameOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return /^\s*host-name\s*=\s*(\S+)/m.exec(readFileSync(file, "utf8"))?.[1];
}

/** avahi.service(5). Throws `host.state` for what is no such file, or says what cannot be passed on. */
export function parseServiceFile(xml: string, hostName: string, file: string): AvahiService[] {
  const refuse = (reason: string): never =>
    fail("host.state", { state: "mdns", reason: `${file} ${reason}` });
  const [group] = elements(xml.replace(/<!--[\s\S]*?-->/g, ""), "service-group");
  if (!group) return refuse("has no service-group");
  const [named] = elements(group.content, "name");
  if (!named) return refuse("has no name");
  const isPattern = /replace-wildcards\s*=\s*["']yes["']/.test(named.attributes);
  const name = isPattern ? textOf(named.content).replaceAll("%h", hostName) : textOf(named.content);
  return elements(group.content, "service").flatMap(({ content }) => {
    const texts = (tag: string): string[] => elements(content, tag).map((one) => textOf(one.content));
    const [type, port] = [texts("type")[0] ?? "", Number(texts("port")[0])];
    if (!/^_[\w-]+\._(tcp|udp)$/.test(type)) return refuse(`has the type "${type}"`);
    // Port 0: there is no such service, only the name is taken (RFC 6763 §8).
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return refuse("has a service without a port");
    const records = elements(content, "txt-record");
    if (records.some(({ attributes }) => /value-format\s*=\s*["']binary/.test(attributes))) {
      return refuse("has a txt-record that is no text");
    }
    const [domain = "local"] = texts("domain-name");
    if (domain.replace(/\.$/, "") !== "local" || port === 0) return [];
    const [target] = texts("host-name").filter(Boolean);
    const text = records.map((one) => textOf(one.content));
    return [{ name, type, subtypes: texts("subtype"), port, ...(target && { target }), text }];
  });
}

/** Elements of a name, which none of these files has within another of that name. */
function elements(xml: string, name: string): { attributes: string; content: string }[] {
  const all = new RegExp(`<${name}(?:\\s([^>]*))?>([\\s\\S]*?)</${name}>`, "g");
  return [...xml.matchAll(all)].map(([, attributes = "", content = ""]) => ({ attributes, content }));
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function textOf(xml: string): string {
  return xml
    .replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
      if (!name.startsWith("#")) return entities[name] ?? whole;
      return String.fromCodePoint(Number(name[1] === "x" ? `0x${name.slice(2)}` : name.slice(1)));
    })
    .trim();
}

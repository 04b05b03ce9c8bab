import { InvalidArgumentError } from "commander";
import type { HostId } from "../../schemas/mod.ts";

/** Reads "gw-1" or "site/gw-1" as the id of a Host. */
export function parseHost(text: string): HostId {
  const host = text.includes("/") ? text : `default/${text}`;
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(host)) return host;
  throw new InvalidArgumentError('It is "namespace/name" or "name" of a Host, such as default/gw-1.');
}

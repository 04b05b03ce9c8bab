import assert from "node:assert";
import { fail, type HostId } from "../schemas/mod.ts";

const label = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const hostPattern = new RegExp(`^${label}/${label}$`);
const tokensPattern = new RegExp(`^${label}\\.${label}$`);

export function isHostId(value: string): value is HostId {
  return hostPattern.test(value);
}

/** "default/gw-1" as it stands in subjects and keys: "default.gw-1". */
export function hostTokens(host: HostId): string {
  assert(isHostId(host), `"${host}" is no host id`);
  return host.replace("/", ".");
}

/** The host that `tokens` ("default.gw-1") stands for; throws `bus.malformed` when it stands for none. */
export function hostOfTokens(tokens: string, subject: string): HostId {
  if (!tokensPattern.test(tokens)) {
    return fail("bus.malformed", { subject, reason: `"${tokens.slice(0, 130)}" names no host` });
  }
  return tokens.replace(".", "/");
}

/** Who is on a bus: what it may say there hangs on this (docs/bus.md, Permissions). */
export type BusIdentity =
  | { role: "controller" }
  /** `isMiddlebox`: it may ask what messages say that it cannot read. */
  | { role: "host"; host: HostId; isMiddlebox?: boolean };

/** Two tokens in either case; no host's name starts with an underscore. */
export function identityTokens(identity: BusIdentity): string {
  return identity.role === "host" ? hostTokens(identity.host) : "_.controller";
}

/**
 * Every subject there is. Each takes the part that varies; `any…` are the patterns that all of them match. A host's
 * tokens stand where permissions can tell hosts apart: last, when the host speaks; first, when it is spoken to.
 */
export const subjects = {
  /** Request: CommandBatch, answered by CommandReply. */
  command: (host: HostId) => `netloom.command.${hostTokens(host)}`,

  /** Published: Heartbeat. */
  heartbeat: (host: HostId) => `netloom.heartbeat.${hostTokens(host)}`,
  anyHeartbeat: "netloom.heartbeat.*.*",

  /** Request: HostReport, answered by ReportReply once it is in the bucket `observed`. */
  report: (host: HostId) => `netloom.report.${hostTokens(host)}`,
  anyReport: "netloom.report.*.*",

  /** Request: PowerMessage of `host`, to the daemon of its proxy; answered by PowerReply. */
  power: (proxy: HostId, host: HostId) => `netloom.power.${hostTokens(proxy)}.${hostTokens(host)}`,
  anyPowerFor: (proxy: HostId) => `netloom.power.${hostTokens(proxy)}.*.*`,

  /** Request: InverseQuery of a middlebox's host, answered by InverseReply. */
  inverse: (host: HostId) => `netloom.inverse.${hostTokens(host)}`,
  anyInverse: "netloom.inverse.*.*",

  /** Published: BlobWant. */
  blobWant: (asker: BusIdentity) => `netloom.blob.want.${identityTokens(asker)}`,
  anyBlobWant: "netloom.blob.want.*.*",

  /** Published: a chunk of the blob, or word that it is not there (`blobs/chunk.ts`). */
  blobData: (digest: string) => `netloom.blob.data.${digest}`,
} as const;

/**
 * How the subject of an answer to a request on `subject` begins: with who has to give it. What is asked of a host is
 * answered by that host, everything else with a controller's rights. Then follow two tokens of who asked, and a secret.
 */
export function replyPrefix(subject: string): string {
  const [root, what, namespace, name] = subject.split(".");
  const isHosts = root === "netloom" && (what === "command" || what === "power") && namespace && name;
  return `netloom.reply.${isHosts ? `${namespace}.${name}` : identityTokens({ role: "controller" })}.`;
}

/** The last two tokens of a subject: the host that speaks. */
export function speakerOf(subject: string): HostId {
  return hostOfTokens(subject.split(".").slice(-2).join("."), subject);
}

/** Every bucket there is. Keys of hosts are made by `hostTokens`. */
export const buckets = {
  /** HostReport by host. */
  observed: "observed",
  /** What the controller decided and keeps; who leads, under `leader`. */
  record: "record",
  /** Conditions by object; events. */
  status: "status",
  /** Content of artifacts in chunks, and their sizes (`blobs/`). */
  blobs: "blobs",
} as const;

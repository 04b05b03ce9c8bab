import { type BusIdentity, hostTokens, identityTokens } from "./subjects.ts";

/** What one user of the server may do: patterns of subjects, nothing else. */
export interface NatsPermissions {
  publish: string[];
  subscribe: string[];
}

/** Somebody on the bus, known by the public half of an nkey. */
export interface NatsUser {
  identity: BusIdentity;
  publicKey: string;
}

export function natsPermissions(identity: BusIdentity): NatsPermissions {
  return identity.role === "host" ? hostPermissions(identity) : controllerPermissions();
}

type HostIdentity = BusIdentity & { role: "host" };

/**
 * A daemon hears its own commands, the power messages sent to it, blobs, and answers to itself; it speaks as itself only.
 * It has no part in JetStream, where a right to write one key is more than that: the server sends its receipt to
 * any subject the writer names. Nor has it `allow_responses`, which would let it answer on any subject that it can get somebody,
 * itself for one, to name to it.
 */
function hostPermissions({ host, isMiddlebox = false }: HostIdentity): NatsPermissions {
  const self = hostTokens(host);
  return {
    publish: [
      `netloom.heartbeat.${self}`,
      `netloom.report.${self}`,
      `netloom.power.*.*.${self}`,
      `netloom.blob.want.${self}`,
      `netloom.reply.${self}.>`,
      ...(isMiddlebox ? [`netloom.inverse.${self}`] : []),
    ],
    subscribe: [
      `netloom.command.${self}`,
      `netloom.power.${self}.*.*`,
      "netloom.blob.data.*",
      `netloom.reply.*.*.${self}.>`,
    ],
  };
}

/** A controller says and hears all of netloom, and uses all of JetStream in its account: give netloom an account of its own. */
function controllerPermissions(): NatsPermissions {
  return {
    publish: ["netloom.>", "$KV.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>"],
    subscribe: ["netloom.>", "_INBOX.controller.>"],
  };
}

/** The `authorization` section of a nats-server's configuration in which each user has its rights, and nobody else any. */
export function natsAuthorization(users: readonly NatsUser[]): string {
  const entries = users.map((user) => {
    const { publish, subscribe } = natsPermissions(user.identity);
    return [
      `    {`,
      `      # ${user.identity.role === "host" ? `host ${user.identity.host}` : "controller"}`,
      `      nkey: ${user.publicKey}`,
      `      permissions: {`,
      `        publish: { allow: ${JSON.stringify(publish)} }`,
      `        subscribe: { allow: ${JSON.stringify(subscribe)} }`,
      `      }`,
      `    }`,
    ].join("\n");
  });
  return `authorization {\n  users: [\n${entries.join("\n")}\n  ]\n}\n`;
}

/** The name of the file in which an identity's seed is kept: "default.gw-1.nk". */
export function seedFileName(identity: BusIdentity): string {
  return identity.role === "host" ? `${identityTokens(identity)}.nk` : "controller.nk";
}

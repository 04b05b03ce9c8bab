import { readFileSync } from "node:fs";
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
} from "nats";
import { fail } from "../../schemas/mod.ts";
import type { BusOptions } from "../bus.ts";
import { type BusIdentity, identityTokens } from "../subjects.ts";

/** How one gets onto a NATS server. */
export interface NatsBusOptions extends BusOptions {
  /** "nats://host:4222", or "tls://…"; several are members of one cluster. */
  servers: string | string[];
  /** Under whose permissions one speaks. */
  identity: BusIdentity;
  auth?: NatsAuth;
  /** Paths of PEM files. Servers are known by the name in their URL; a certificate for an address is not believed. `cert` and `key` are for servers that verify their clients. */
  tls?: { ca?: string; cert?: string; key?: string };
  /** Copies of every stream in a JetStream cluster: 1 by default, 3 to survive the loss of a server. */
  replicas?: number;
  /** Ends the first attempt to connect; without, it goes on for ever. */
  signal?: AbortSignal;
}

export type NatsAuth =
  | { kind: "password"; user: string; password: string }
  /** Path of a file with an nkey seed, as `netloom bus permissions --keys` makes them. */
  | { kind: "nkey"; seedFile: string }
  /** Path of a file with a user's JWT and seed. */
  | { kind: "credentials"; file: string };

/** Where JetStream's answers arrive. Only controllers ask it anything. */
export function inboxPrefix(identity: BusIdentity): string {
  return `_INBOX.${identity.role === "host" ? `host.${identityTokens(identity)}` : "controller"}`;
}

const reconnectFirstMs = 200;
const reconnectSpreadMs = 1_800;

/** A wait before the next attempt, spread so that a fleet does not come back in one moment. */
export function reconnectAfterMs(): number {
  return reconnectFirstMs + Math.random() * reconnectSpreadMs;
}

/** What the `nats` client is told. */
export function connectionOptions(options: NatsBusOptions): ConnectionOptions {
  const { tls, auth } = options;
  return {
    servers: options.servers,
    name: `netloom ${identityTokens(options.identity)}`,
    inboxPrefix: inboxPrefix(options.identity),
    ...(auth && { authenticator: authenticator(auth) }),
    ...(tls && {
      tls: {
        ...(tls.ca && { caFile: tls.ca }),
        ...(tls.cert && { certFile: tls.cert }),
        ...(tls.key && { keyFile: tls.key }),
      },
    }),
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectAfterMs,
    // A server whose users are being changed may refuse us for a while.
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    // A silent peer is noticed within 15 s.
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

function authenticator(auth: NatsAuth): Authenticator {
  switch (auth.kind) {
    case "password":
      return usernamePasswordAuthenticator(auth.user, auth.password);
    case "nkey":
      return nkeyAuthenticator(Buffer.from(readSecret(auth.seedFile).toString("utf8").trim()));
    case "credentials":
      return credsAuthenticator(readSecret(auth.file));
  }
}

function readSecret(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = `its credentials in ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    return fail("bus.refused", { reason }, { cause: error });
  }
}

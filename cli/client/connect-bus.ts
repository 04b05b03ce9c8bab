import { type Bus, type BusIdentity, type NatsAuth, natsBus } from "../../bus/mod.ts";
import type { Problem } from "../../schemas/mod.ts";
import type { BusFlags } from "./bus-flags.ts";

export interface ConnectOptions {
  /** Ends the wait for a server that cannot be reached. */
  signal: AbortSignal;
  onProblem(problem: Problem): void;
}

/** Gets onto the bus as the flags say; waits for a server until the signal ends that. */
export function connectBus(flags: BusFlags, identity: BusIdentity, options: ConnectOptions): Promise<Bus> {
  const { tlsCa: ca, tlsCert: cert, tlsKey: key } = flags;
  const auth = authOf(flags);
  return natsBus({
    servers: flags.bus.flatMap((urls) => urls.split(",")),
    identity,
    ...(auth && { auth }),
    ...((ca || cert || key) && { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
    ...options,
  });
}

function authOf({ nkey, credentials, user }: BusFlags): NatsAuth | undefined {
  if (nkey) return { kind: "nkey", seedFile: nkey };
  if (credentials) return { kind: "credentials", file: credentials };
  // A password on the command line would be seen by every user of this machine.
  if (user) return { kind: "password", user, password: process.env.NETLOOM_PASSWORD ?? "" };
  return undefined;
}

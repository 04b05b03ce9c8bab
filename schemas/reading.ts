import type { Problem } from "./problem.ts";
import type { Digest, UnitId } from "./unit.ts";

export interface SeenEnd {
  /** IPv4 or IPv6, without prefix length. */
  address: string;
  port: number;
}

/** Where messages that were seen on their way came from and went to. */
export interface SeenFlow {
  protocol: "UDP" | "TCP";
  source: SeenEnd;
  destination: SeenEnd;
}

/** What a module is to read: messages of one flow and direction, in order; of TCP, they are the beginning of the stream. */
export interface ReadQuestion {
  unit: UnitId;
  digest: Digest;
  module: Uint8Array;
  /** The end of the flow at which these messages arrive. */
  role: "sender" | "receiver";
  config: unknown;
  limits: { memoryBytes: number; timeMs: number };
  flow: SeenFlow;
  messages: readonly Uint8Array[];
}

export type Reading =
  /** What the application would have been given: as many messages of UDP as there were, the stream of TCP in one piece. */
  | { kind: "plain"; messages: Uint8Array[] }
  /** None of them is the module's. */
  | { kind: "notMine" }
  | { kind: "failed"; problem: Problem };

/** Runs modules for those who cannot: a port of the controller, which runs no guests itself (`middlebox/`). */
export interface MessageReader {
  read(question: ReadQuestion): Promise<Reading>;
}
